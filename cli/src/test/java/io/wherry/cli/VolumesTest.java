package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TarHeader;
import io.wherry.testkit.TarHeader.Field;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Volumes as their users see them: commands, what containers find in them, and who may remove what. */
@Tag("user")
class VolumesTest {
    private static Path folder;
    private static Built built;
    private static String image;

    /** An image with data of its own, and with links that would lead out of it. */
    @BeforeAll
    static void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "volumes-").toRealPath();
        built = new Built(folder.resolve("root"));
        byte[] data = new Tar()
                .entry(new TarHeader('5', "data/", 0750).number(Field.UID, 1000).number(Field.GID, 2000), new byte[0])
                .file("data/a", "from the image\n")
                .hardLink("data/same", "data/a")
                .symlink("data/link", "a")
                .entry(new TarHeader('5', "data/set/", 02711).number(Field.UID, 33), new byte[0])
                .symlink("absolute", "/etc")
                .symlink("upwards", "../../../../../../etc")
                .symlink("circle", "circle")
                .file("plain", "a file\n")
                .bytes();
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "data",
                        "{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"],\"Volumes\":{\"/data\":{}}}",
                        OciLayout.Compression.GZIP,
                        List.of(TestImages.busyboxLayer(), data));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            image = registry.reference("data");
            built.wherry("pull", "-q", image).check();
        }
    }

    @AfterEach
    void nothingStays() throws IOException {
        assertThat(built.wherry("ps", "-aq").check().out()).isEmpty();
        assertThat(built.wherry("volume", "ls", "-q").check().out()).isEmpty();
        for (String place : List.of("tmp", "trash", "containers", "volumes")) {
            Path path = built.root().resolve(place);
            if (Files.exists(path)) {
                try (Stream<Path> below = Files.list(path)) {
                    assertThat(below).as(place).isEmpty();
                }
            }
        }
    }

    @AfterAll
    static void close() {
        built.wherry("rmi", image).check();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private static Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    private static String said(String... words) {
        Command.Result result = wherry(words).run();
        return result.out() + result.err();
    }

    /** {@return what a shell in a new container prints, which is gone afterwards} */
    private static String shell(String script, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--network", "none"));
        words.addAll(List.of(options));
        words.addAll(List.of(image, "sh", "-c", script));
        return said(words.toArray(String[]::new));
    }

    @Test
    void whatOneContainerWritesTheNextOneFinds() {
        assertThat(said("volume", "create", "--label", "a=b", "kept")).isEqualTo("kept\n");
        assertThat(shell("echo kept >/v/file; chown 33:44 /v/file; chmod 4711 /v/file", "-v", "kept:/v"))
                .isEmpty();
        assertThat(shell("cat /v/file; stat -c '%u:%g %a' /v/file; echo x >/v/x", "-v", "kept:/v:ro"))
                .contains("kept\n")
                .containsAnyOf("33:44 4711", "0:0 4711") // one id only
                .contains("Read-only file system");
        assertThat(said("volume", "ls", "--filter", "label=a", "--format", "{{.Name}} {{.Driver}} {{.Labels}}"))
                .isEqualTo("kept local a=b\n");
        assertThat(said("volume", "inspect", "-f", "{{.Name}} {{.Mountpoint}} {{.Scope}}", "kept"))
                .isEqualTo("kept " + built.root() + "/volumes/kept/data local\n");
        assertThat(said("volume", "rm", "kept")).isEqualTo("kept\n");
        assertThat(said("volume", "rm", "kept")).contains("There is no volume `kept`.");
    }

    @Test
    void anEmptyVolumeIsFilledOnceWithWhatTheImageHasThere() {
        String look = "cat /data/a /data/link; stat -c '%n %u:%g %a %h' /data /data/a /data/set; rm /data/a /data/link";
        assertThat(shell(look, "-v", "filled:/data"))
                .startsWith("from the image\nfrom the image\n")
                .containsAnyOf("/data 1000:2000 750", "/data 0:0 750")
                .contains("/data/a 0:0 644 2\n")
                .containsAnyOf("/data/set 33:0 2711", "/data/set 0:0 2711");
        assertThat(shell("ls /data", "-v", "filled:/data")).isEqualTo("same\nset\n");
        assertThat(shell("ls /data", "-v", "bare:/data:nocopy")).isEmpty();
        assertThat(shell("ls /data", "-v", "bare:/data"))
                .as("it is not new any more")
                .isEmpty();
        assertThat(said("volume", "rm", "filled", "bare")).isEqualTo("filled\nbare\n");
    }

    /** Of the image, whose host name is `image`, and not of this host. */
    @Test
    void linksOfTheImageLeadNowhereButIntoTheImage() {
        for (String target : List.of("absolute", "upwards")) {
            assertThat(shell("cat /v/hostname; ls /v", "--entrypoint", "", "-v", target + ":/" + target))
                    .doesNotContain("shadow");
            String mountpoint =
                    said("volume", "inspect", "-f", "{{.Mountpoint}}", target).strip();
            assertThat(Path.of(mountpoint, "hostname")).hasContent("image\n");
            assertThat(Path.of(mountpoint, "shadow")).doesNotExist();
            assertThat(said("volume", "rm", target)).isEqualTo(target + "\n");
        }
        assertThat(shell("true", "-v", "circle:/circle")).contains("ELOOP");
        assertThat(shell("true", "-v", "plain:/plain")).contains("ENOTDIR");
        assertThat(said("volume", "rm", "circle", "plain")).isEqualTo("circle\nplain\n");
    }

    @Test
    void volumesWithoutANameGoWithTheirContainerOrByPrune() {
        assertThat(shell("cat /data/a; echo x >/w/x; grep -c ' /w ' /proc/self/mountinfo", "-v", "/w"))
                .isEqualTo("from the image\n1\n");
        assertThat(said("volume", "ls", "-q")).as("--rm removes them").isEmpty();
        wherry("create", "--name", "box", "-v", "/w", image, "true").check();
        assertThat(said("volume", "ls", "-q").lines()).hasSize(2).allMatch(name -> name.length() == 64);
        assertThat(said("volume", "prune", "-f")).isEqualTo("Total reclaimed space: 0B\n");
        assertThat(said("rm", "box")).isEqualTo("box\n");
        wherry("volume", "create", "named").check();
        assertThat(said("volume", "ls", "-q", "-f", "dangling=true").lines()).hasSize(3);
        assertThat(said("volume", "prune", "-f"))
                .startsWith("Deleted Volumes:\n")
                .doesNotContain("named")
                .containsAnyOf(
                        "\n\nTotal reclaimed space: 15B\n",
                        "\n\nTotal reclaimed space: 0B\n"); // what a user may not read
        assertThat(said("volume", "prune", "-af")).isEqualTo("Deleted Volumes:\nnamed\n\nTotal reclaimed space: 0B\n");
        wherry("create", "--name", "box", "-v", "/w", image, "true").check();
        assertThat(said("rm", "-v", "box")).isEqualTo("box\n");
    }

    @Test
    void aVolumeOfAContainerIsNotRemoved() {
        wherry("create", "--name", "first", "-v", "used:/data", "-v", "/w", image, "true")
                .check();
        wherry("create", "--name", "second", "--volumes-from", "first:ro", image, "sh", "-c", "ls /data; : >/w/x")
                .check();
        assertThat(said("volume", "rm", "used"))
                .contains("The volume `used` is used by the container `")
                .contains(" and 1 more");
        assertThat(said("rm", "-v", "first")).isEqualTo("first\n");
        assertThat(said("start", "-a", "second")).contains("a\nlink\n").contains("Read-only file system");
        assertThat(said("ps", "-a", "--filter", "volume=used", "--format", "{{.Names}} {{.LocalVolumes}}"))
                .isEqualTo("second 2\n");
        assertThat(said("rm", "-v", "second")).isEqualTo("second\n");
        assertThat(said("volume", "prune", "-af")).contains("used");
    }

    @Test
    void aContainerKeepsWhatItHasFromOneThatIsRemovedAtItsEnd() {
        wherry(
                        "run",
                        "-d",
                        "--rm",
                        "--name",
                        "giver",
                        "--network",
                        "none",
                        "-v",
                        "/w",
                        image,
                        "sh",
                        "-c",
                        "echo x >/w/x; exec sleep 60")
                .check();
        wherry("create", "--name", "taker", "--network", "none", "--volumes-from", "giver", image, "cat", "/w/x")
                .check();
        wherry("rm", "-f", "giver").check();
        assertThat(said("start", "-a", "taker")).isEqualTo("x\n");
        assertThat(said("rm", "-v", "taker")).isEqualTo("taker\n");
        assertThat(said("volume", "prune", "-f")).startsWith("Deleted Volumes:\n");
    }

    @Test
    void hostileNamesAreRefusedAndNothingIsMade() throws IOException {
        List<String> names = List.of("..", ".", "/", "a/b", "a", "-x", "a b", "ä1", "x".repeat(300));
        for (String name : List.of("..", "a/b", "x".repeat(300))) {
            assertThat(said("volume", "create", "--", name)).contains("cannot be the name of a volume");
        }
        List<String> remove = new ArrayList<>(List.of("volume", "rm", "--"));
        remove.addAll(names);
        assertThat(said(remove.toArray(String[]::new)).lines())
                .filteredOn(line -> line.contains("There is no volume"))
                .hasSize(names.size());
        remove.set(1, "inspect");
        assertThat(said(remove.toArray(String[]::new)).lines())
                .filteredOn(line -> line.contains("There is no volume"))
                .hasSize(names.size());
        assertThat(shell("true", "-v", "x".repeat(256) + ":/v")).contains("a volume's name");
        assertThat(shell("true", "-v", "a/b:/v")).contains("a volume's name");
        assertThat(built.root()).isDirectory();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("root", "layout");
        }
    }

    @Test
    void aPartOfAVolumeIsMountedAndNoLinkLeadsOutOfIt() {
        shell(
                "mkdir -p /v/a/b; echo inside >/v/a/b/f; ln -s /etc /v/out; ln -s ../../../../../etc /v/up; ln -s a/b /v/in",
                "-v",
                "parts:/v");
        String look = "cat /v/f; ls /v | wc -l";
        for (String part : List.of("a/b", "in")) {
            assertThat(shell(look, "--mount", "src=parts,dst=/v,volume-subpath=" + part))
                    .isEqualTo("inside\n1\n");
        }
        for (String part : List.of("out", "up", "nowhere")) {
            assertThat(shell(look, "--mount", "src=parts,dst=/v,volume-subpath=" + part))
                    .contains("openat2 = ENOENT");
        }
        assertThat(said("volume", "rm", "parts")).isEqualTo("parts\n");
    }

    @Test
    void memoryAsAVolumeIsMountedForEachContainer() {
        wherry("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m", "memory")
                .check();
        assertThat(shell("grep ' /v ' /proc/self/mountinfo; echo x >/v/x", "-v", "memory:/v"))
                .contains(" - tmpfs ")
                .contains("size=1024k");
        assertThat(shell("ls /v", "-v", "memory:/v")).isEmpty();
        assertThat(said("volume", "rm", "memory")).isEqualTo("memory\n");
        assertThat(said("volume", "create", "-o", "type=nfs", "bad")).contains("the option `device` is missing");
        assertThat(said("volume", "create", "-o", "x=y", "bad")).contains("has no option `x`");
        assertThat(said("volume", "create", "-d", "nosuch", "bad")).contains("there is no volume driver `nosuch`");
    }

    @Test
    void filesAreGivenToTheContainersUser() throws IOException {
        Path mine = Files.createDirectories(folder.resolve("root/mine/below"));
        Files.createSymbolicLink(mine.resolve("link"), Path.of("/etc/passwd"));
        Object before = Files.getOwner(Path.of("/etc/passwd"));
        assertThat(shell(
                        "touch /m/below/new && stat -c %u /m /m/below; stat -c %u /m/below/link",
                        "-u", "1000", "-v", "./root/mine:/m:U"))
                .isEqualTo("1000\n1000\n1000\n");
        assertThat(Files.getOwner(Path.of("/etc/passwd"))).isEqualTo(before);
        assertThat(shell("true", "-v", "/etc:/m:U")).contains("would give all of /etc");
        assertThat(shell("touch /v/x && stat -c %u /v", "-u", "1000", "-v", "given:/v:U"))
                .isEqualTo("1000\n");
        assertThat(said("volume", "rm", "given")).isEqualTo("given\n");
        assertThat(shell("rm -r /m/below", "-u", "0", "-v", "./root/mine:/m:U")).isEmpty();
        Files.delete(folder.resolve("root/mine"));
    }

    @Test
    void filesHaveTheRightOwnersInBothPlaces() throws IOException {
        Path mine = Files.createDirectories(folder.resolve("root/mapped"));
        String look = "touch /m/new; stat -c %u /m /m/new";
        if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            Files.setAttribute(mine, "unix:uid", 1234);
            assertThat(shell(look, "-u", "77", "-v", "./root/mapped:/m:idmap")).isEqualTo("77\n77\n");
            assertThat(Files.getAttribute(mine.resolve("new"), "unix:uid")).isEqualTo(1234);
            assertThat(shell(look, "-v", "./root/mapped:/m:idmap=uids=1234-0-1;gids=0-0-1"))
                    .isEqualTo("0\n0\n");
            assertThat(shell("true", "-v", "/proc:/m:idmap"))
                    .contains("/proc, proc of Linux", "mount_setattr = EINVAL");
        } else {
            assertThat(shell(look, "-v", "./root/mapped:/m:idmap")).contains("An ordinary user cannot mount");
        }
        assertThat(shell("true", "-v", "./root/mapped:/m:idmap=uids=1"))
                .containsAnyOf("takes `uids=FROM", "An ordinary user");
        Command.of("rm", "-r", mine.toString()).check();
    }

    @Test
    void anImageIsMountedAndCannotBeWritten() {
        assertThat(shell(
                        "cat /i/data/a; cat /i/etc/hostname; echo x >/i/x",
                        "--mount",
                        "type=image,src=" + image + ",dst=/i"))
                .startsWith("from the image\nimage\n")
                .contains("Read-only file system");
        assertThat(shell("cat /i/a", "--mount", "type=image,src=" + image + ",dst=/i,image-subpath=data"))
                .containsAnyOf("from the image\n", "EINVAL"); // Linux before 6.15
        assertThat(shell("true", "--mount", "type=image,src=nosuch,dst=/i"))
                .contains("There is no image `nosuch` here");
    }

    /** As after a loss of power, which an image is made whole from its blobs behind. */
    @Test
    void anImageWhoseLayersWereLostIsUnpackedBeforeItIsMounted() throws IOException {
        Path layers = built.root().resolve("layers");
        Files.createDirectories(built.root().resolve("trash"));
        Files.move(layers, built.root().resolve("trash/lost"));
        assertThat(said("run", "--rm", "--network", "none", "--mount", "type=image,src=" + image + ",dst=/i", "hello"))
                .startsWith("pid 1\n");
        assertThat(shell("cat /data/a")).isEqualTo("from the image\n");
        built.wherry("rmi", "hello").check(); // and sweeps what was lost
    }

    @Test
    void explainMakesNothing() {
        assertThat(said("explain", "run", "-v", "later:/v", image, "true"))
                .contains(built.root() + "/volumes/later/data");
        assertThat(said("volume", "ls", "-q")).isEmpty();
    }

    @Test
    void containersThatRaceForANewVolumeFindItWhole() throws InterruptedException {
        String script = "ls /data | wc -l; cat /data/a";
        List<Process> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            racers.add(wherry("run", "--rm", "--network", "none", "-v", "raced:/data", image, "sh", "-c", script)
                    .start());
        }
        for (Process racer : racers) {
            assertThat(racer.waitFor()).isZero();
            assertThat(new String(read(racer))).isEqualTo("4\nfrom the image\n");
        }
        assertThat(said("volume", "rm", "raced")).isEqualTo("raced\n");
    }

    private static byte[] read(Process process) {
        try {
            return process.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
