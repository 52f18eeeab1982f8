package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are run by their path. */
@Tag("user")
class FolderRunTest {
    private static final int ENGINE_FAILED = 125;

    private final FolderYard yard = new FolderYard();

    @AfterEach
    void nothingStays() throws IOException {
        yard.close();
    }

    @Test
    void honoursWhatItsConfigurationSays() throws IOException {
        yard.box("""
                {"User": "app", "Hostname": "boxy", "WorkingDir": "/home", "Env": ["PATH=/bin", "A=b"],
                 "Entrypoint": ["sh", "-c"], "Cmd": ["id -u; id -g; hostname; pwd; echo $A"],
                 "Volumes": {"/data": {}, "/data/sub": {}, "./host:/mnt:ro": {}, "/dev/null:/dev/nil": {}},
                 "SomebodyElses": 7}""");
        Files.createDirectory(yard.folder().resolve("box/host"));
        Command.Result said = yard.wherry("run", "./box").run();
        assertThat(said.out()).as("%s", said).isEqualTo("1000\n1000\nboxy\n/home\nb\n");
        assertThat(yard.wherry("run", "-u", "0", "-e", "A=c", "./box", "id -u; echo $A")
                        .run()
                        .out())
                .isEqualTo("0\nc\n");
        String[] user = {"--entrypoint", "", "-u", "0"};
        assertThat(yard.shell("touch /x", user)).contains("Read-only file system");
        assertThat(yard.shell("touch /mnt/x", user)).contains("Read-only file system");
        assertThat(yard.shell("touch /tmp/x && ls /tmp && echo kept > /data/file && echo > /dev/nil", user))
                .isEqualTo("x\n");
        assertThat(yard.folder().resolve("box/volumes/data/file")).hasContent("kept");
        assertThat(yard.folder().resolve("box/rootfs/tmp")).isEmptyDirectory();
        assertThat(yard.shell("grep -c : /proc/net/dev", user)).isEqualTo("1\n");
        String host = Command.of("readlink", "/proc/self/ns/net").check().out();
        assertThat(yard.shell("readlink /proc/self/ns/net", "-n", "--entrypoint", "", "-u", "0"))
                .isEqualTo(host);
        assertThat(yard.shell("echo wrote > /x", "--rw", "--entrypoint", "", "-u", "0"))
                .isEmpty();
        assertThat(yard.folder().resolve("box/rootfs/x")).hasContent("wrote");
        assertThat(yard.wherry("run", "--entrypoint", "rm", "-u", "0", "-w", "./box", "/x")
                        .run()
                        .exit())
                .isZero();
        assertThat(yard.folder().resolve("box/rootfs/x")).doesNotExist();
        yard.config("{\"rw\": true, \"net\": true}");
        assertThat(yard.shell("touch /x; readlink /proc/self/ns/net")).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void hasNoRightsWhoeverRunsIt(String runtime) throws IOException {
        yard.box("{\"rw\": true}");
        String status = yard.shell(
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
            assertThat(yard.wherry("run", option, "./box", "true").run().err()).contains("always runs unprivileged");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void whatItsUserWritesIsTheCallers(String runtime) throws IOException {
        yard.box("{\"User\": \"app\", \"rw\": true, \"Volumes\": {\"/data\": {}}}");
        boolean root = Command.of("id", "-u").check().out().equals("0\n");
        boolean isItself = root && runtime.equals("native"); // there system root maps nobody: app is app
        if (isItself) {
            Files.createDirectories(yard.folder().resolve("box/volumes/data"));
            Files.setAttribute(yard.folder().resolve("box/volumes/data"), "unix:uid", 1000);
        }
        Command.Result result = yard.wherry("run", "--runtime", runtime, "./box", "touch", "/data/file")
                .run();
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(Files.getAttribute(yard.folder().resolve("box/volumes/data/file"), "unix:uid"))
                .isEqualTo(isItself ? 1000 : Files.getAttribute(yard.folder(), "unix:uid"));
    }

    @Test
    void runsTwiceAtOnceAndIsListedOnlyWhileItRuns() throws Exception {
        yard.box("{}");
        Process first =
                yard.wherry("run", "-i", "--name", "one", "./box", "cat").start();
        Process second = yard.wherry("run", "-i", "./box", "cat").start();
        long end = System.nanoTime() + 20_000_000_000L;
        while (yard.wherry("ps", "-q").check().lines().size() < 2) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
        assertThat(yard.wherry("exec", "one", "id", "-u").check().out()).isEqualTo("0\n");
        first.getOutputStream().close();
        second.getOutputStream().close();
        assertThat(first.waitFor(20, TimeUnit.SECONDS) && second.waitFor(20, TimeUnit.SECONDS))
                .isTrue();
        assertThat(yard.wherry("create", "./box", "true").run().err()).contains("is not kept as a container");
    }

    @Test
    void anImageIsRunInAFolderOfTheUsersChoice() throws IOException {
        Command.Result first = yard.wherry("run", "-q", "--dir", "box", "hello").run();
        assertThat(first.out()).contains("pid 1\n");
        Files.delete(yard.folder().resolve("box/rootfs/hello"));
        assertThat(yard.wherry("run", "-q", "--dir", "box", "hello").run().exit())
                .as("it is the folder that is run, not another one of the image")
                .isEqualTo(127);
        assertThat(yard.wherry("run", "-q", "--dir", "box", "debian:12").run().err())
                .contains("is not of the image `debian:12`: its image.txt says `docker.io/library/hello:latest`.");
    }

    @Test
    void anotherUsersFolderIsRefused() throws IOException {
        yard.boxOfSomebodyElse();
        refuses(
                "The folder ./box is user 12345's, who would decide what of this host is mounted or read in your name.");
    }

    @Test
    void aNestedVolumeIsNotFollowedOutByALink() throws IOException {
        yard.box("{\"Volumes\": {\"/data\": {}, \"/data/sub\": {}}}");
        Path secret = Files.createDirectory(yard.folder().resolve("secret"));
        Files.writeString(secret.resolve("file"), "not to be seen");
        assertThat(yard.shell("ln -s " + secret + " /data/sub; ls /data")).isEqualTo("sub\n");
        assertThat(yard.shell("cat /data/sub/file")).contains("No such file");
        assertThat(yard.shell("cat /data/sub/file", "-v", "/data/sub")).contains("No such file");
    }

    @Test
    void aFolderThatIsWrongIsRefusedInOneSentenceWithItsPlace() throws IOException {
        yard.box("{\n  \"Env\": [\"A=b\",\n  \"Cmd\": []\n}");
        refuses("./box/config.json, line 3, column 8: invalid JSON: expected `,` or `]`, found `:`.");
        yard.config("{\n  \"Env\": [\"A=b\", \"Ü\", 3]\n}");
        refuses("./box/config.json, line 2, column 23: `Env[2]` must be a string, found a number.");
        yard.config("{\"Volumes\": {\"data:/x\": {}}}");
        refuses("./box/config.json, line 1, column 25: `Volumes.data:/x` must be `/PATH`, `/HOST:/PATH` or"
                + " `/HOST:/PATH:ro`, found `data:/x`.");
        yard.config("{\"ociVersion\": \"1.2.0\"}");
        refuses("./box/config.json has `ociVersion`, so the folder is an OCI bundle, which Wherry does not run.");
        yard.config("");
        refuses("./box/config.json is empty.");
        Files.delete(yard.folder().resolve("box/config.json"));
        refuses("The folder ./box has no config.json, so it does not say what is to run in it.");
        Files.createSymbolicLink(yard.folder().resolve("box/config.json"), Path.of("/etc/hostname"));
        refuses("./box/config.json is a link to elsewhere; a file of the folder's own is wanted.");
        Files.delete(yard.folder().resolve("box/config.json"));
        Command.of("mkfifo", yard.folder().resolve("box/config.json").toString())
                .check();
        refuses("./box/config.json is not a file; a file of the folder's own is wanted.");
        Files.delete(yard.folder().resolve("box/config.json"));
        yard.config("{\"Volumes\": {\"/data\": {}}}");
        Files.createDirectories(yard.folder().resolve("box/volumes"));
        Files.createSymbolicLink(yard.folder().resolve("box/volumes/data"), Path.of("/etc"));
        refuses("Cannot keep a volume in " + yard.folder()
                + "/box/volumes/data: it is not a folder and cannot be made one.");
        Files.move(yard.folder().resolve("box/rootfs"), yard.folder().resolve("elsewhere"));
        Files.createSymbolicLink(
                yard.folder().resolve("box/rootfs"), yard.folder().resolve("elsewhere"));
        refuses("The folder ./box has a link to elsewhere as its `rootfs`.");
        Files.move(yard.folder().resolve("box"), yard.folder().resolve("other"));
        refuses("There is no folder ./box.");
        assertThat(Files.exists(yard.folder().resolve("root/containers"), LinkOption.NOFOLLOW_LINKS)
                        && Files.list(yard.folder().resolve("root/containers"))
                                .findAny()
                                .isPresent())
                .isFalse();
    }

    private void refuses(String sentence) {
        Command.Result result = yard.wherry("run", "./box", "true").run();
        assertThat(result.exit()).isEqualTo(ENGINE_FAILED);
        assertThat(result.err().lines().findFirst().orElse("")).isEqualTo("wherry: " + sentence);
    }
}
