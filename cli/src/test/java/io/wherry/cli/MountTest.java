package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Roots of containers and images, opened as folders of the host. */
@Tag("user")
class MountTest {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private static Path folder;
    private static Built built;
    private static String image;

    @BeforeAll
    static void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "mount test-").toRealPath();
        built = new Built(folder.resolve("root"));
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            image = registry.reference("busybox");
            wherry("pull", "-q", image).check();
        }
    }

    @AfterEach
    void nothingStays() throws IOException {
        for (String id : wherry("ps", "-aq").check().lines()) {
            wherry("rm", "-f", id).check();
        }
        wherry("umount", "--all").check();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(folder.getFileName().toString().substring("mount ".length()));
    }

    @AfterAll
    static void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private static Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    private Path mounted(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "mount";
        System.arraycopy(words, 0, all, 1, words.length);
        return Path.of(wherry(all).check().out().strip());
    }

    private void refused(String sentence, String... words) {
        Command.Result result = wherry(words).run();
        assertThat(result.exit()).as("%s", result).isEqualTo(1);
        assertThat(result.err()).contains(sentence);
    }

    private void systemRoot() {
        assumeThat(ROOT).as("system root").isTrue();
    }

    private String words(String format) {
        return wherry("mount", "--format", format).check().out();
    }

    @Test
    void whatIsWrittenIntoAContainerThatDoesNotRunIsThereWhenItStarts() throws IOException {
        systemRoot();
        wherry("create", "--name", "box", image, "sh", "-c", "cat /etc/note; rm /etc/passwd")
                .check();
        Path place = mounted("box");
        assertThat(mounted("box")).as("a second time").isEqualTo(place);
        assertThat(place.resolve("bin/busybox")).exists();
        Files.writeString(place.resolve("etc/note"), "from the host");
        assertThat(words("{{.Kind}} {{.Name}} {{.Access}} {{.Path}}")).isEqualTo("container box rw " + place + "\n");
        refused("is mounted at " + place + ", and cannot be started meanwhile", "start", "box");
        refused("is mounted at " + place + ", and cannot be removed meanwhile", "rm", "box");
        wherry("umount", "box").check();
        wherry("umount", "box").check(); // none is as wanted
        assertThat(place).doesNotExist();
        assertThat(wherry("start", "-a", "box").check().out()).isEqualTo("from the host");
        assertThat(mounted("box").resolve("etc")).isDirectoryNotContaining("glob:**/passwd");
        assertThat(wherry("rm", "-f", "box").check().out()).isEqualTo("box\n");
        assertThat(words("{{.Name}}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "runc", "bwrap"})
    void whoLooksIntoOneThatRunsSeesItsOwnFiles(String runtime) throws IOException {
        systemRoot();
        wherry("run", "-d", "--network", "none", "--runtime", runtime, "--name", "box", image, "sleep", "600")
                .check();
        wherry("exec", "box", "sh", "-c", "echo inside > /note").check();
        Path place = mounted("box");
        assertThat(place.resolve("note")).hasContent("inside");
        assertThat(place.resolve("proc")).as("what is mounted in it is its own").isEmptyDirectory();
        Files.writeString(place.resolve("note"), "outside");
        assertThat(wherry("exec", "box", "cat", "/note").check().out()).isEqualTo("outside");
        refused("cannot be started again meanwhile", "restart", "-t", "0", "box");
        refused("cannot be given a restart policy meanwhile", "update", "--restart", "always", "box");
        wherry("stop", "-t", "0", "box").check();
        assertThat(place.resolve("note")).as("behind its end").hasContent("outside");
        refused("cannot be started meanwhile", "start", "box");
        wherry("umount", "box").check();
        wherry("start", "box").check();
        assertThat(wherry("exec", "box", "cat", "/note").check().out()).isEqualTo("outside");
    }

    @Test
    void oneThatStartsByItselfIsNotMountedWhileItRuns() {
        systemRoot();
        wherry("run", "-d", "--network", "none", "--restart", "always", "--name", "box", image, "sleep", "600")
                .check();
        refused("its restart policy would start it again", "mount", "box");
    }

    @Test
    void whatIsMountedOfOneThatRemovedItselfIsListedAndTakenAway() throws InterruptedException {
        systemRoot();
        String id = wherry("run", "-d", "--network", "none", "--rm", "--name", "box", image, "sleep", "600")
                .check()
                .out()
                .strip();
        mounted("box");
        wherry("kill", "box").check();
        while (!wherry("ps", "-aq").check().out().isEmpty()) {
            Thread.sleep(20);
        }
        assertThat(wherry("mount", "--no-trunc", "--format", "{{.ID}}:{{.Name}}")
                        .check()
                        .out())
                .isEqualTo(id + ":\n");
        assertThat(wherry("umount", "--all").check().out()).isEqualTo(id + "\n");
        assertThat(words("{{.ID}}")).isEmpty();
    }

    @Test
    void anImageCanBeLookedAtAndNotChanged() throws IOException {
        systemRoot();
        Path look = Files.createDirectory(folder.resolve("look here"));
        assertThat(mounted("hello", "look here")).isEqualTo(look);
        assertThat(look.resolve("hello")).exists();
        assertThat(Command.of("touch", look + "/x").run().err()).contains("Read-only file system");
        assertThat(words("{{.Kind}} {{.Name}} {{.Access}} {{.Path}}"))
                .startsWith("image hello:latest ro " + look + "\n");
        refused("is mounted at " + look + ", and cannot be removed meanwhile", "rmi", "hello");
        Command.of("mount", "-t", "tmpfs", "none", look.toString()).check();
        refused("another mount lies over it", "umount", "hello");
        Command.of("umount", look.toString()).check();
        assertThat(Command.of(built.program().toString(), "--root", built.root().toString(), "umount", "hello")
                        .in(look)
                        .run()
                        .err())
                .contains("a process has its working folder");
        wherry("umount", "hello").check();
        assertThat(look).isEmptyDirectory();
        mounted("hello", "look here");
        wherry("rmi", "-f", "hello").check();
        assertThat(look).isEmptyDirectory();
    }

    @Test
    void theOneTreeOfAnImageCannotBeChangedEither() {
        systemRoot();
        Path place = Path.of(wherry("--storage-driver", "dir", "mount", "hello")
                .check()
                .out()
                .strip());
        assertThat(place.resolve("hello")).exists();
        assertThat(Command.of("touch", place + "/x").run().err()).contains("Read-only file system");
    }

    @Test
    void aRootThatIsAFolderNeedsNoMount() throws IOException {
        wherry("--storage-driver", "dir", "create", "--name", "box", "hello").check();
        Path place = mounted("box");
        assertThat(place.resolve("hello")).exists();
        assertThat(place)
                .isEqualTo(Path.of(wherry("inspect", "-f", "{{.ResolvConfPath}}", "box")
                                .check()
                                .out()
                                .strip())
                        .resolveSibling("rootfs"));
        refused("which needs no mount", "mount", "box", ".");
        wherry("umount", "box").check();
        wherry("rm", "box").check();
    }

    @Test
    void anOrdinaryUserIsToldWhatElseThereIs() {
        assumeThat(ROOT).as("system root").isFalse();
        wherry("create", "--name", "box", image, "true").check();
        refused("which an ordinary user cannot do for other processes", "mount", "box");
        refused(
                "`wherry export` writes a container's files as an archive; `wherry pull IMAGE ./FOLDER` makes a folder",
                "mount",
                image);
        assertThat(words("{{.ID}}")).isEmpty();
    }

    @Test
    void wrongWordsAreRefused() {
        refused("There is no container and no image `nix`.", "mount", "nix");
        refused("There is no container and no image `nix`.", "umount", "nix");
        refused("./box is a path, where the name of a container or an image is wanted.", "mount", "./box");
        refused("Either names of what is mounted, or `--all`", "umount");
        refused("no-folder is no folder that something could be mounted over", "mount", image, "no-folder");
        assertThat(List.of(wherry("mount").check().out().split(" +"))).startsWith("KIND", "ID", "NAME");
    }
}
