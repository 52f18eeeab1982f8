package io.wherry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The files of containers as a user exports, compares, commits and copies them. */
@Tag("user")
class ContainerTreesTest {
    private Path folder;
    private Built built;
    private LayoutRegistry registry;
    private String image;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "trees-").toRealPath();
        built = new Built(folder.resolve("root"));
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        registry = new LayoutRegistry(layout);
        image = registry.reference("busybox");
        built.wherry("pull", "-q", image).check();
    }

    @AfterEach
    void close() {
        registry.close();
        for (String id : built.wherry("ps", "-aq").run().lines()) {
            built.wherry("rm", "-f", id).run();
        }
        for (String each : built.wherry("images", "-q").run().lines()) {
            built.wherry("rmi", "-f", each).run();
        }
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command.Result wherry(String... words) {
        return built.wherry(words).in(folder).run();
    }

    private String check(String... words) {
        return built.wherry(words).in(folder).check().out();
    }

    /** Starts a container that waits, and lets a script run in it. */
    private void start(String name, String script, String... options) {
        List<String> words = new java.util.ArrayList<>(List.of("run", "-d", "--network", "none", "--name", name));
        words.addAll(List.of(options));
        words.addAll(List.of(image, "sleep", "1000"));
        check(words.toArray(String[]::new));
        check("exec", name, "sh", "-ec", script);
    }

    @Test
    void whatAContainerChangedIsListedCommittedAndRunAgain() {
        start(
                "box",
                "mkdir /new; echo hi >/new/file; ln /new/file /new/again; rm /bin/busybox.none || true; echo x >/etc/added");
        String changes = check("diff", "box");
        assertThat(changes.lines())
                .contains("A /new", "A /new/again", "A /new/file", "C /etc", "A /etc/added")
                .noneMatch(line -> line.contains("/proc") || line.contains("/dev") || line.contains("/etc/hosts"));
        assertThat(check("diff", "--format", "{{.Path}}", "box").lines()).contains("/new/file");
        String id = check(
                        "commit",
                        "-m",
                        "why",
                        "-a",
                        "me",
                        "-c",
                        "ENV A=b",
                        "-c",
                        "CMD [\"cat\", \"/new/again\"]",
                        "box",
                        "mine:1")
                .strip();
        assertThat(id).matches("sha256:[0-9a-f]{64}");
        assertThat(check("run", "--rm", "--network", "none", "mine:1")).isEqualTo("hi\n");
        assertThat(check("inspect", "-f", "{{.Author}} {{json .Config.Cmd}} {{json .Config.Env}}", "mine:1"))
                .startsWith("me [\"cat\",\"/new/again\"] [")
                .contains("A=b");
        assertThat(check("history", "--format", "{{.Comment}}", "mine:1")).startsWith("why\n");
        start("none", "true");
        assertThat(check("diff", "none")).isEmpty();
        assertThat(check("commit", "none").strip()).matches("sha256:[0-9a-f]{64}");
        assertThat(wherry("commit", "-c", "RUN x", "none").exit()).isNotZero();
        assertThat(check("events", "--since", "10m", "--until", "0s", "--filter", "event=commit")
                        .lines())
                .hasSize(2);
    }

    @Test
    void equalChangesMakeAnEqualImage() {
        start("box", "mkdir /new; for i in 1 2 3 4 5 6 7 8; do echo $i >/new/$i; done");
        Command commit = built.wherry("commit", "box").with("SOURCE_DATE_EPOCH", "1000000000");
        String first = commit.check().out();
        assertThat(commit.check().out()).isEqualTo(first);
        assertThat(check("inspect", "-f", "{{.Created}}", first.strip())).startsWith("2001-09-09T01:46:40");
        assertThat(built.wherry("commit", "box")
                        .with("SOURCE_DATE_EPOCH", "now")
                        .run()
                        .err())
                .contains("SOURCE_DATE_EPOCH is `now`");
    }

    @Test
    void allFilesAreExportedWholeOrNotAtAll() throws IOException {
        start("box", "mkdir /new; echo hi >/new/file; chown 5:6 /new/file; rm /etc/passwd; mkfifo /new/fifo");
        check("export", "-o", "all.tar", "box");
        List<String> listed = Command.of("tar", "--numeric-owner", "-tvf", folder + "/all.tar")
                .check()
                .lines();
        assertThat(listed).anyMatch(line -> line.matches("-rw-r--r-- 5/6 +3 .* new/file"));
        assertThat(listed).noneMatch(line -> line.endsWith(" etc/passwd"));
        check("stop", "-t", "0", "box");
        String second = Command.of(
                        "sh",
                        "-c",
                        String.join(" ", built.wherry("export", "box").words()) + " | tar -x -O new/file")
                .check()
                .out();
        assertThat(second).isEqualTo("hi\n");
        Files.writeString(folder.resolve("kept"), "kept");
        assertThat(wherry("export", "-o", "kept", "nobody").exit()).isNotZero();
        assertThat(folder.resolve("kept")).hasContent("kept");
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith(".kept"));
    }

    @Test
    void filesAreCopiedByDockersRules() throws IOException {
        Path from = Files.createDirectories(folder.resolve("from/sub")).getParent();
        Files.writeString(from.resolve("one"), "1");
        Files.writeString(from.resolve("sub/two"), "2");
        Files.createSymbolicLink(from.resolve("link"), Path.of("one"));
        Path volume = Files.createDirectory(folder.resolve("volume"));
        start(
                "box",
                "mkdir /to; ln -s /to /way; echo old >/to/file; ln -s /volume/x /leads",
                "-v",
                volume + ":/volume");
        check("cp", "from", "box:/to");
        check("cp", "from/.", "box:way");
        check("cp", "from", "box:/made");
        check("cp", "-q", "from/one", "box:/to/file");
        check("cp", "from/one", "box:/volume/in");
        check("cp", "from/one", "box:/leads");
        check("cp", "-L", "from/link", "box:/to/followed");
        assertThat(check(
                        "exec",
                        "box",
                        "sh",
                        "-c",
                        "cd /to; cat from/one from/sub/two one file /made/one followed; ls -l link; stat -c %u:%g one"))
                .startsWith("121111")
                .contains("link -> one")
                .endsWith("0:0\n");
        assertThat(volume.resolve("in")).hasContent("1");
        assertThat(volume.resolve("x")).hasContent("1");
        assertThat(wherry("cp", "from", "box:/to/file").err()).contains("Cannot copy a folder onto `box:/to/file`");
        assertThat(wherry("cp", "from/one", "box:/no/where").err()).contains("no folder `box:/no`");
        assertThat(wherry("cp", "from/one", "box:/nowhere/").err()).contains("no folder `box:/nowhere/`");
        assertThat(wherry("cp", "from/none", "box:/").err()).contains("no file or folder `from/none`");
        assertThat(wherry("cp", "from", "to").err()).contains("in a container");
        check("exec", "box", "sh", "-c", "mkdir /to/one.d; chmod 4755 /to/one");
        assertThat(wherry("cp", "from/one", "box:/to/from/sub/../sub").exit()).isZero();
        assertThat(wherry("cp", "box:/to/one.d", "from/one").exit()).isNotZero();

        check("cp", "box:/to", "back");
        assertThat(folder.resolve("back/from/sub/two")).hasContent("2");
        assertThat(Files.getAttribute(folder.resolve("back/one"), "unix:mode")).isEqualTo(0100755);
        check("cp", "box:/to/one", "back/sole");
        check("cp", "box:/etc/hostname", ".");
        assertThat(folder.resolve("hostname")).isNotEmptyFile();
        check("stop", "-t", "0", "box");
        check("cp", "from/one", "box:/still");
        check("cp", "box:/still", "back");
        assertThat(folder.resolve("back/still")).hasContent("1");
        assertThat(wherry("cp", "from/one", "box:/volume/y").err())
                .contains("mounted in the container `box` while it runs");
        check("start", "box");
        assertThat(check("exec", "box", "cat", "/still")).isEqualTo("1");
    }

    @Test
    void streamsAreArchives() throws IOException {
        start("box", "mkdir -p /to/d; echo -n 1 >/to/d/f");
        Path tar = folder.resolve("in.tar.gz");
        Command.of("sh", "-c", "mkdir -p x/y; echo -n z >x/y/z; ln -s /etc x/etc; tar -czf in.tar.gz x")
                .in(folder)
                .check();
        built.wherry("cp", "-", "box:/to").input(Files.readAllBytes(tar)).check();
        assertThat(check("exec", "box", "cat", "/to/x/y/z")).isEqualTo("z");
        assertThat(built.wherry("cp", "-", "box:/to/x/y/z")
                        .input(Files.readAllBytes(tar))
                        .run()
                        .err())
                .contains("Cannot copy a folder onto");
        byte[] out = built.wherry("cp", "box:/to/d", "-").check().outBytes();
        assertThat(Command.of("tar", "-t").input(out).check().out()).isEqualTo("d/\nd/f\n");
    }

    /** A container that swaps its folders for links while it is copied from and to never gets at anything outside. */
    @Test
    void nothingOutsideIsReadOrWrittenWhileAContainerSwapsFoldersForLinks() throws IOException {
        Path canary = Files.createDirectory(folder.resolve("canary"));
        Files.writeString(canary.resolve("f"), "CANARY");
        Path from = Files.createDirectories(folder.resolve("d"));
        Files.writeString(from.resolve("f"), "inside");
        start("box", "mkdir -p /w/d; echo -n inside >/w/d/f; ln -s " + canary + " /w/l; ln -s / /w/r");
        check("exec", "-d", "box", "sh", "-c", "cd /w; while :; do mv d e; mv l d; mv d l; mv e d; done");
        for (int i = 0; i < 8; i++) {
            Path back = folder.resolve("back" + i);
            wherry("cp", "box:/w", back.toString());
            wherry("cp", "d/f", "box:/w/d/f");
            wherry("cp", "d", "box:/w");
            byte[] tar = built.wherry("cp", "box:/w/d/.", "-").run().outBytes();
            assertThat(new String(tar, UTF_8)).doesNotContain("CANARY");
            if (Files.isRegularFile(back.resolve("d/f"), LinkOption.NOFOLLOW_LINKS)
                    && !Files.isSymbolicLink(back.resolve("d"))) {
                assertThat(back.resolve("d/f")).hasContent("inside");
            }
        }
        byte[] all = built.wherry("export", "box").check().outBytes();
        assertThat(new String(all, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("CANARY");
        assertThat(canary.resolve("f")).hasContent("CANARY");
        assertThat(canary.toFile().list()).containsExactly("f");
    }
}
