package io.wherry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are pulled into folders, and folders that are run by their path. */
@Tag("user")
class FolderTest {
    private static final int ENGINE_FAILED = 125;

    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "folder-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    /** Also as an ordinary user: all of a folder is the user's own. */
    @AfterEach
    void nothingStays() throws IOException {
        assertThat(built.wherry("ps", "-aq").check().out()).isEmpty();
        try (Stream<Path> below = Files.list(folder)) {
            assertThat(below.map(path -> path.getFileName().toString()))
                    .as("what a pull has begun")
                    .noneMatch(name -> name.startsWith("."));
        }
        Command.of("rm", "-rf", "--one-file-system", folder.resolve("box").toString())
                .check();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    /** {@return what a shell in the folder prints} */
    private String shell(String script, String... options) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options));
        words.addAll(List.of("./box", "sh", "-c", script));
        Command.Result result = wherry(words.toArray(String[]::new)).run();
        return result.out() + result.err();
    }

    /** A folder by hand, with busybox. */
    private void box(String config) throws IOException {
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            wherry("pull", "-q", registry.reference("busybox"), "box").check();
        }
        config(config);
    }

    private void config(String config) throws IOException {
        Files.writeString(folder.resolve("box/config.json"), config);
    }

    @Test
    void pullsFromARegistryWithAllLayersAppliedAndRunsAsTheImageSays() throws IOException {
        OciLayout layout = TestImages.layered(folder.resolve("layout"));
        try (LocalRegistry registry = LocalRegistry.start()) {
            String name = TestImages.push(layout, "layers", registry, "some/layers:1");
            assertThat(wherry("pull", "-q", name, "box").check().out().strip())
                    .isEqualTo(folder.resolve("box").toString());
            assertThat(wherry("images", "-q").check().out()).isEmpty();
            assertThat(folder.resolve("box/image.txt")).hasContent(name);
            assertThat(Files.readString(folder.resolve("box/manifest.json"))).contains("\"layers\"");
            assertThat(Files.readString(folder.resolve("box/config.json"))).contains("\"Cmd\": [\n");
        }
        assertThat(folder.resolve("box/rootfs/data")).isDirectoryNotContaining("glob:**/{removed,.wh*}");
        assertThat(folder.resolve("box/rootfs/data/opaque")).isDirectoryNotContaining("glob:**/hidden");
        assertThat(shell("cat /data/kept /data/same /data/link; ls /data/opaque"))
                .isEqualTo("from the second\nfrom the third\nfrom the second\nshown\n");
        assertThat(wherry("run", "./box").input("echo 7").run().out()).isEmpty();
        assertThat(wherry("run", "-i", "./box").input("echo 7").run().out()).isEqualTo("7\n");
    }

    @Test
    void isNamedAfterItsImageAndRefusesWhatIsThere() throws IOException {
        assertThat(wherry("pull", "--dir", "hello").check().out().strip()).endsWith("/hello");
        Command.Result again = wherry("pull", "hello", "hello").run();
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("is there already");
        assertThat(wherry("pull", "hello", "nowhere/box").run().err()).contains("is not there");
    }

    @Test
    void honoursWhatItsConfigurationSays() throws IOException {
        box("""
                {"User": "app", "Hostname": "boxy", "WorkingDir": "/home", "Env": ["PATH=/bin", "A=b"],
                 "Entrypoint": ["sh", "-c"], "Cmd": ["id -u; id -g; hostname; pwd; echo $A"],
                 "Volumes": {"/data": {}, "/data/sub": {}, "./host:/mnt:ro": {}, "/dev/null:/dev/nil": {}},
                 "SomebodyElses": 7}""");
        Files.createDirectory(folder.resolve("box/host"));
        Command.Result said = wherry("run", "./box").run();
        assertThat(said.out()).as("%s", said).isEqualTo("1000\n1000\nboxy\n/home\nb\n");
        assertThat(wherry("run", "-u", "0", "-e", "A=c", "./box", "id -u; echo $A")
                        .run()
                        .out())
                .isEqualTo("0\nc\n");
        String[] user = {"--entrypoint", "", "-u", "0"};
        assertThat(shell("touch /x", user)).contains("Read-only file system");
        assertThat(shell("touch /mnt/x", user)).contains("Read-only file system");
        assertThat(shell("touch /tmp/x && ls /tmp && echo kept > /data/file && echo > /dev/nil", user))
                .isEqualTo("x\n");
        assertThat(folder.resolve("box/volumes/data/file")).hasContent("kept");
        assertThat(folder.resolve("box/rootfs/tmp")).isEmptyDirectory();
        assertThat(shell("grep -c : /proc/net/dev", user)).isEqualTo("1\n");
        String host = Command.of("readlink", "/proc/self/ns/net").check().out();
        assertThat(shell("readlink /proc/self/ns/net", "-n", "--entrypoint", "", "-u", "0"))
                .isEqualTo(host);
        assertThat(shell("echo wrote > /x", "--rw", "--entrypoint", "", "-u", "0"))
                .isEmpty();
        assertThat(folder.resolve("box/rootfs/x")).hasContent("wrote");
        assertThat(wherry("run", "--entrypoint", "rm", "-u", "0", "-w", "./box", "/x")
                        .run()
                        .exit())
                .isZero();
        assertThat(folder.resolve("box/rootfs/x")).doesNotExist();
        config("{\"rw\": true, \"net\": true}");
        assertThat(shell("touch /x; readlink /proc/self/ns/net")).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void hasNoRightsWhoeverRunsIt(String runtime) throws IOException {
        box("{\"rw\": true}");
        String status = shell(
                "cat /proc/self/status; mount -t tmpfs x /mnt; chroot / true; mknod /n b 7 0", "--runtime", runtime);
        assertThat(status)
                .containsPattern("CapPrm:\\s*0+\n")
                .containsPattern("CapEff:\\s*0+\n")
                .containsPattern("NoNewPrivs:\\s*1\n")
                .containsPattern("Seccomp:\\s*2\n")
                .contains("mount: permission denied")
                .containsPattern("chroot: .*not permitted")
                .containsPattern("mknod: .*not permitted");
        for (String option : List.of("--privileged", "--cap-add=ALL")) {
            assertThat(wherry("run", option, "./box", "true").run().err()).contains("always runs unprivileged");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void whatItsUserWritesIsTheCallers(String runtime) throws IOException {
        box("{\"User\": \"app\", \"rw\": true, \"Volumes\": {\"/data\": {}}}");
        boolean root = Command.of("id", "-u").check().out().equals("0\n");
        boolean isItself = root && runtime.equals("native"); // there system root maps nobody: app is app
        if (isItself) {
            Files.createDirectories(folder.resolve("box/volumes/data"));
            Files.setAttribute(folder.resolve("box/volumes/data"), "unix:uid", 1000);
        }
        Command.Result result = wherry("run", "--runtime", runtime, "./box", "touch", "/data/file")
                .run();
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(Files.getAttribute(folder.resolve("box/volumes/data/file"), "unix:uid"))
                .isEqualTo(isItself ? 1000 : Files.getAttribute(folder, "unix:uid"));
    }

    @Test
    void runsTwiceAtOnceAndIsListedOnlyWhileItRuns() throws Exception {
        box("{}");
        Process first = wherry("run", "-i", "--name", "one", "./box", "cat").start();
        Process second = wherry("run", "-i", "./box", "cat").start();
        long end = System.nanoTime() + 20_000_000_000L;
        while (wherry("ps", "-q").check().lines().size() < 2) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
        assertThat(wherry("exec", "one", "id", "-u").check().out()).isEqualTo("0\n");
        first.getOutputStream().close();
        second.getOutputStream().close();
        assertThat(first.waitFor(20, TimeUnit.SECONDS) && second.waitFor(20, TimeUnit.SECONDS))
                .isTrue();
        assertThat(wherry("create", "./box", "true").run().err()).contains("is not kept as a container");
    }

    @Test
    void takesTheUsersWordsOutOfAnImage() throws IOException {
        byte[] layer = TestImages.busyboxLayer();
        String config = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"net":true,"rw":true,\
                "Volumes":{"/etc:/mnt":{},"/data":{}},"Odd":[1]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(OciLayout.digest(layer));
        OciLayout layout = OciLayout.create(folder.resolve("layout"));
        layout = layout.manifest(
                "evil",
                OciLayout.manifestOf(
                        layout.blob("application/vnd.oci.image.config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(layout.blob("application/vnd.oci.image.layer.v1.tar", layer, ""))));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            assertThat(wherry("pull", "-q", registry.reference("evil"), "box")
                            .check()
                            .err())
                    .contains("`net` was left out", "`rw` was left out", "`/etc:/mnt` was left out");
        }
        assertThat(folder.resolve("box/config.json")).hasContent("""
                {
                  "Cmd": [
                    "sh"
                  ],
                  "Volumes": {
                    "/data": {}
                  },
                  "Odd": [
                    1
                  ],
                  "Env": []
                }""");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("box"))))
                .as("nobody else can run what came along")
                .isEqualTo("rwx------");
    }

    @Test
    void anImagesReadOnlyFoldersDoNotKeepAUserFromDeletingIt() throws IOException {
        byte[] layer = new Tar()
                .folder("usr/", 0555)
                .folder("usr/bin/", 0555)
                .file("usr/bin/su", 04755, "x".getBytes(UTF_8))
                .bytes();
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image("odd", "{\"Cmd\":[\"x\"]}", OciLayout.Compression.GZIP, List.of(layer));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            wherry("pull", "-q", registry.reference("odd"), "box").check();
        }
        Command.of("rm", "-r", folder.resolve("box").toString()).check();
    }

    @Test
    void aKilledPullLeavesNothingAndTheNextOneGoesOn() throws Exception {
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            registry.way((blob, at) -> {
                if (at > 1 << 17) {
                    begun.countDown();
                    try {
                        killed.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            Process pull =
                    wherry("pull", "-q", registry.reference("busybox"), "box").start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            pull.children().forEach(ProcessHandle::destroyForcibly);
            pull.destroyForcibly().waitFor();
            killed.countDown();
            registry.way(LayoutRegistry.Way.CLEAR);
            assertThat(folder.resolve("box")).doesNotExist();
            wherry("pull", "-q", registry.reference("busybox"), "box").check();
        }
        assertThat(shell("echo whole")).isEqualTo("whole\n");
    }

    @Test
    void blobsAreKeptForThirtyDaysAndFetchedAgainIfTheyAreDamaged() throws IOException {
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        List<String> asked = new ArrayList<>();
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            registry.way((blob, at) -> {
                if (at == 0) {
                    asked.add(blob);
                }
            });
            String name = registry.reference("busybox");
            wherry("pull", "-q", name, "box").check();
            Path layer = largest(folder.resolve("root/cache/blobs/sha256"));
            String digest = "sha256:" + layer.getFileName();
            assertThat(asked).contains(digest);
            asked.clear();
            Files.setLastModifiedTime(layer, FileTime.from(Instant.now().minus(Duration.ofDays(29))));
            wherry("pull", "-q", name, "two").check();
            assertThat(asked).doesNotContain(digest);
            assertThat(Files.getLastModifiedTime(layer).toInstant())
                    .isAfter(Instant.now().minusSeconds(600));

            byte[] bytes = Files.readAllBytes(layer);
            bytes[bytes.length / 2] ^= 1;
            Files.write(layer, bytes);
            wherry("pull", "-q", name, "three").check();
            assertThat(asked).contains(digest);
            Command.of(
                            "cmp",
                            folder.resolve("box/rootfs/bin/busybox").toString(),
                            folder.resolve("three/rootfs/bin/busybox").toString())
                    .check();

            Files.setLastModifiedTime(layer, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
            wherry("pull", "-q", "hello", "hello").check();
            assertThat(layer).doesNotExist();
        }
    }

    private static Path largest(Path blobs) throws IOException {
        try (Stream<Path> files = Files.list(blobs)) {
            return files.max((a, b) ->
                            Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void choosesThePlatformFromAnIndexAndSaysWhichThereAre() throws Exception {
        OciLayout layout = OciLayout.create(folder.resolve("layout"));
        List<String> described = new ArrayList<>();
        try (LocalRegistry registry = LocalRegistry.start()) {
            for (String architecture : List.of("arm64", "amd64")) {
                layout = ofPlatform(layout, architecture);
                TestImages.push(layout, architecture, registry, "multi:" + architecture);
                String descriptor = layout.tags().get(architecture);
                described.add(descriptor.replaceFirst(
                        "\\{", "{\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"},"));
            }
            String type = "application/vnd.oci.image.index.v1+json";
            String index = "{\"schemaVersion\":2,\"mediaType\":\"" + type + "\",\"manifests\":["
                    + String.join(",", described) + "]}";
            HttpRequest put = HttpRequest.newBuilder(URI.create(registry.url() + "/v2/multi/manifests/all"))
                    .header("Content-Type", type)
                    .PUT(HttpRequest.BodyPublishers.ofString(index))
                    .build();
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(client.send(put, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(201);
            }
            String name = registry.host() + "/multi:all";
            wherry("pull", "-q", name, "box").check();
            assertThat(folder.resolve("box/rootfs/which")).hasContent("amd64");
            wherry("pull", "-q", "--platform", "linux/arm64", name, "arm").check();
            assertThat(folder.resolve("arm/rootfs/which")).hasContent("arm64");
            Command.Result none = wherry("pull", "-q", "--platform", "linux/s390x", name, "none")
                    .run();
            assertThat(none.exit()).isEqualTo(1);
            assertThat(none.err()).contains("linux/amd64", "linux/arm64", "linux/s390x");
            assertThat(folder.resolve("none")).doesNotExist();
        }
    }

    private static OciLayout ofPlatform(OciLayout layout, String architecture) {
        byte[] layer = new Tar().file("which", architecture).bytes();
        String config = """
                {"architecture":"%s","os":"linux","config":{"Cmd":["/which"]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(architecture, OciLayout.digest(layer));
        return layout.manifest(
                architecture,
                OciLayout.manifestOf(
                        layout.blob("application/vnd.oci.image.config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(layout.blob(
                                "application/vnd.oci.image.layer.v1.tar+gzip", OciLayout.gzip(layer), ""))));
    }

    @Test
    void anImageIsRunInAFolderOfTheUsersChoice() throws IOException {
        Command.Result first = wherry("run", "-q", "--dir", "box", "hello").run();
        assertThat(first.out()).contains("pid 1\n");
        Files.delete(folder.resolve("box/rootfs/hello"));
        assertThat(wherry("run", "-q", "--dir", "box", "hello").run().exit())
                .as("it is the folder that is run, not another one of the image")
                .isEqualTo(127);
        assertThat(wherry("run", "-q", "--dir", "box", "debian:12").run().err())
                .contains("is not of the image `debian:12`: its image.txt says `docker.io/library/hello:latest`.");
    }

    @Test
    void anotherUsersFolderIsRefused() throws IOException {
        assumeThat(Command.of("id", "-u").check().out()).isEqualTo("0\n");
        box("{}");
        Files.setAttribute(folder.resolve("box/config.json"), "unix:uid", 12345);
        refuses("The folder ./box is user 12345's, who would decide what of this host is mounted in your name.");
    }

    @Test
    void aNestedVolumeIsNotFollowedOutByALink() throws IOException {
        box("{\"Volumes\": {\"/data\": {}, \"/data/sub\": {}}}");
        Path secret = Files.createDirectory(folder.resolve("secret"));
        Files.writeString(secret.resolve("file"), "not to be seen");
        assertThat(shell("ln -s " + secret + " /data/sub; ls /data")).isEqualTo("sub\n");
        assertThat(shell("cat /data/sub/file")).contains("No such file");
        assertThat(shell("cat /data/sub/file", "-v", "/data/sub")).contains("No such file");
    }

    @Test
    void aFolderThatIsWrongIsRefusedInOneSentenceWithItsPlace() throws IOException {
        box("{\n  \"Env\": [\"A=b\",\n  \"Cmd\": []\n}");
        refuses("./box/config.json, line 3, column 8: invalid JSON: expected `,` or `]`, found `:`.");
        config("{\n  \"Env\": [\"A=b\", \"Ü\", 3]\n}");
        refuses("./box/config.json, line 2, column 23: `Env[2]` must be a string, found a number.");
        config("{\"Volumes\": {\"data:/x\": {}}}");
        refuses("./box/config.json, line 1, column 25: `Volumes.data:/x` must be `/PATH`, `/HOST:/PATH` or"
                + " `/HOST:/PATH:ro`, found `data:/x`.");
        config("{\"ociVersion\": \"1.2.0\"}");
        refuses("./box/config.json has `ociVersion`, so the folder is an OCI bundle, which Wherry does not run.");
        config("");
        refuses("./box/config.json is empty.");
        Files.delete(folder.resolve("box/config.json"));
        refuses("The folder ./box has no config.json, so it does not say what is to run in it.");
        Files.createSymbolicLink(folder.resolve("box/config.json"), Path.of("/etc/hostname"));
        refuses("./box/config.json is a link to elsewhere; a file of the folder's own is wanted.");
        Files.delete(folder.resolve("box/config.json"));
        Command.of("mkfifo", folder.resolve("box/config.json").toString()).check();
        refuses("./box/config.json is not a file; a file of the folder's own is wanted.");
        Files.delete(folder.resolve("box/config.json"));
        config("{\"Volumes\": {\"/data\": {}}}");
        Files.createDirectories(folder.resolve("box/volumes"));
        Files.createSymbolicLink(folder.resolve("box/volumes/data"), Path.of("/etc"));
        refuses("Cannot keep a volume in " + folder + "/box/volumes/data: it is not a folder and cannot be made one.");
        Files.move(folder.resolve("box/rootfs"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("box/rootfs"), folder.resolve("elsewhere"));
        refuses("The folder ./box has a link to elsewhere as its `rootfs`.");
        Files.move(folder.resolve("box"), folder.resolve("other"));
        refuses("There is no folder ./box.");
        assertThat(Files.exists(folder.resolve("root/containers"), LinkOption.NOFOLLOW_LINKS)
                        && Files.list(folder.resolve("root/containers"))
                                .findAny()
                                .isPresent())
                .isFalse();
    }

    private void refuses(String sentence) {
        Command.Result result = wherry("run", "./box", "true").run();
        assertThat(result.exit()).isEqualTo(ENGINE_FAILED);
        assertThat(result.err().lines().findFirst().orElse("")).isEqualTo("wherry: " + sentence);
    }
}
