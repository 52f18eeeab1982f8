package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LocalRegistry;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Folders that become images. */
@Tag("user")
class FolderCommitTest {
    private final FolderYard yard = new FolderYard();

    @AfterEach
    void nothingStays() throws IOException {
        yard.close();
    }

    private String check(String... words) {
        return yard.wherry(words).check().out().strip();
    }

    @Test
    void anEditedFolderIsCommittedPushedPulledElsewhereAndRun() throws IOException {
        yard.box("""
                {"User": "app", "Hostname": "boxy", "WorkingDir": "/home", "Env": ["PATH=/bin", "A=b"],
                 "Entrypoint": ["sh", "-c"], "Cmd": ["id -u; cat /made; stat -c %u /made; pwd; echo $A"],
                 "Volumes": {"/data": {}, "./host:/mnt:ro": {}}, "Labels": {"a": "b"},
                 "net": true, "rw": true, "SomebodyElses": 7}""");
        Path made = Files.writeString(yard.folder().resolve("box/rootfs/made"), "by hand\n");
        Files.createLink(made.resolveSibling("again"), made);
        try (LocalRegistry registry = LocalRegistry.start()) {
            String name = registry.host() + "/some/box:1";
            Command.Result result = yard.wherry("commit", "-m", "why", "-a", "me", "-c", "ENV B=c", "./box", name)
                    .check();
            assertThat(result.err())
                    .isEqualTo("wherry: Left out of the image: `net`, `rw`, the volume `./host:/mnt`."
                            + " That is for whoever runs it to say.\n");
            String id = result.out().strip();
            assertThat(check(
                            "inspect",
                            "-f",
                            "{{.Author}} {{json .Config.Env}} {{json .Config.Volumes}} {{json .Config.Labels}}",
                            name))
                    .isEqualTo("me [\"PATH=/bin\",\"A=b\",\"B=c\"] {\"/data\":{}} {\"a\":\"b\"}");
            assertThat(yard.wherry("save", name).check().out()).doesNotContain("SomebodyElses", "Hostname");
            assertThat(check("history", "--format", "{{.Comment}}", name)).isEqualTo("why");
            assertThat(check("run", "--rm", name)).isEqualTo("1000\nby hand\n0\n/home\nb");
            check("push", name);
            check("rmi", name);
            assertThat(check("images", "-aq")).isEmpty();
            check("pull", "-q", name);
            assertThat(check("images", "-q", "--no-trunc")).isEqualTo(id);
            assertThat(check("run", "--rm", name, "cat /again")).isEqualTo("by hand");
            check("pull", "-q", name, "other");
            Command.of("diff", "-r", "--no-dereference", "box/rootfs/bin", "other/rootfs/bin")
                    .in(yard.folder())
                    .check();
            check("rmi", name);
        }
    }

    @Test
    void equalFoldersMakeEqualImagesForAPlatform() throws IOException {
        yard.box("{\"Cmd\": [\"true\"]}");
        Command commit =
                yard.wherry("commit", "--platform", "linux/arm64", "./box").with("SOURCE_DATE_EPOCH", "1000000000");
        String first = commit.check().out().strip();
        assertThat(commit.check().out().strip()).isEqualTo(first);
        assertThat(check("inspect", "-f", "{{.Os}}/{{.Architecture}} {{.Created}}", first))
                .startsWith("linux/arm64 2001-09-09T01:46:40");
        assertThat(yard.wherry("commit", "--platform", "linux/arm64", "box")
                        .run()
                        .err())
                .contains("Option `--platform` is for folders");
        check("rmi", first);
    }

    /** What somebody has put there to have something else read. */
    @Test
    void nothingOutsideAHostileFolderIsReadAndNothingIsWaitedFor() throws IOException {
        yard.box("{\"Cmd\": [\"sh\"]}");
        Path root = yard.folder().resolve("box/rootfs");
        Files.writeString(yard.folder().resolve("secret"), "SECRET");
        Files.createSymbolicLink(root.resolve("link"), yard.folder().resolve("secret"));
        Files.createSymbolicLink(root.resolve("folder"), yard.folder());
        Files.writeString(root.resolve(".wh.bin"), "");
        Command.of("mkfifo", root.resolve("fifo").toString()).check();
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
            if (Command.of("id", "-u").check().out().equals("0\n")) {
                Command.of("mknod", root.resolve("zero").toString(), "c", "1", "5")
                        .check();
            }
            Command.Result result = yard.wherry("commit", "./box", "hostile").check();
            assertThat(result.err()).contains("Left out: 1 entries whose names begin with `.wh.`");
        }
        byte[] saved = yard.wherry("save", "--format", "oci-archive", "hostile")
                .check()
                .outBytes();
        assertThat(saved).isNotEmpty();
        String listed = check("run", "--rm", "hostile", "ls", "-la", "/");
        assertThat(listed)
                .contains("link -> " + yard.folder().resolve("secret"), "fifo")
                .doesNotContain("socket", ".wh.");
        assertThat(yard.wherry("run", "--rm", "hostile", "cat", "/link", "/folder/secret")
                        .run()
                        .out())
                .isEmpty();
        check("rmi", "hostile");
    }

    @Test
    void aFolderThatIsWrongIsRefusedAndNothingIsMade() throws IOException {
        yard.box("{\n  \"Env\": [\"A=b\", \"Ü\", 3]\n}");
        refuses("./box/config.json, line 2, column 23: `Env[2]` must be a string, found a number.");
        yard.config("{\"Cmd\": [],\n \"Labels\": [7]}");
        refuses("./box/config.json, line 2, column 12: `Labels` must be an object, found an array.");
        yard.config("{\"ociVersion\": \"1.2.0\"}");
        refuses("./box/config.json has `ociVersion`, so the folder is an OCI bundle, which Wherry does not run.");
        yard.config("{}");
        Files.move(yard.folder().resolve("box/rootfs"), yard.folder().resolve("elsewhere"));
        Files.createSymbolicLink(
                yard.folder().resolve("box/rootfs"), yard.folder().resolve("elsewhere"));
        refuses("The folder ./box has a link to elsewhere as its `rootfs`.");
        Command.of("rm", "-rf", yard.folder().resolve("elsewhere").toString()).check();
        assertThat(yard.wherry("commit", "./none", "x").run().err()).startsWith("wherry: There is no folder ./none.");
        assertThat(yard.wherry("commit", "-c", "RUN x", "./box").run().exit()).isEqualTo(1);
        assertThat(check("images", "-aq")).isEmpty();
    }

    private void refuses(String sentence) {
        Command.Result result = yard.wherry("commit", "./box", "wrong").run();
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err().lines().findFirst().orElse("")).isEqualTo("wherry: " + sentence);
    }

    @Test
    void anotherUsersFolderIsRefused() throws IOException {
        yard.boxOfSomebodyElse();
        refuses(
                "The folder ./box is user 12345's, who would decide what of this host is mounted or read in your name.");
        assertThat(List.of(yard.folder().resolve("root/tmp").toFile().list())).isEmpty();
    }
}
