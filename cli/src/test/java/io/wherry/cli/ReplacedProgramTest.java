package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Containers outlive the program that started them: while they run, all its files are removed and those of a newer one take their place. The older one is
 * built here from the same sources, but for one frame that its monitors do not know. Four containers, or with WHERRY_ALL a hundred.
 */
@Tag("user")
class ReplacedProgramTest {
    private static final int CONTAINERS = System.getenv("WHERRY_ALL") == null ? 4 : 100;
    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    private static final int HELLO = 0x10;
    private static final int NOT_KNOWN_TO_ANYBODY = 0x1F;
    private static final String SCRIPT = "trap 'echo told to end; exit 5' TERM; trap 'exit 6' USR1; echo begun; "
            + "while :; do echo goes on; /bin/busybox sleep 0.5 & wait $!; done";

    private Path folder;
    private Path dist;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "replaced-").toRealPath();
        dist = folder.resolve("dist");
        built = new Built(dist.resolve("bin/wherry"), folder.resolve("root"));
        Path bin = Files.createDirectories(folder.resolve("rootfs/bin"));
        Command.requireTool("busybox", "busybox-static");
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
    }

    @AfterEach
    void close() {
        Built any = new Built(built.root());
        for (String id : any.wherry("ps", "-aq").run().lines()) {
            any.wherry("rm", "-f", id).run();
        }
        assertThat(any.wherry("ps", "-aq").check().out()).isEmpty();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** This checkout's program, with a monitor that has never heard of POLICY. */
    private void installOlder() throws IOException {
        Path source = Files.createDirectories(folder.resolve("source/kernel")).getParent();
        Path pilot = Sources.root().resolve("pilot");
        Command.of("cp", "-r", pilot.toString(), source.toString()).check();
        Command.of("cp", "-r", Sources.root().resolve("kernel/tables").toString(), source + "/kernel")
                .check();
        Path clients = source.resolve("pilot/clients.c");
        String text = Files.readString(clients);
        assertThat(text).contains("{FRAME_POLICY, 8}, ");
        Files.writeString(clients, text.replace("{FRAME_POLICY, 8}, ", ""));
        Command.of(source + "/pilot/build.sh", source + "/built")
                .with("JAVA_HOME", System.getProperty("java.home"))
                .check();
        installNewer();
        Command.of("mv", source + "/built/wherry", built.program().toString()).check();
    }

    private void installNewer() throws IOException {
        Path ours = Sources.root().resolve("dist").toRealPath();
        Command.of("cp", "-r", ours.toString(), dist.toString()).check();
    }

    private String inspect(String name, String template) {
        return built.wherry("inspect", "-f", template, name).check().out().strip();
    }

    private static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private String log(String id) {
        try {
            return Files.readString(built.root().resolve("containers/" + id + "/log"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int count(String text, String what) {
        return text.split(what, -1).length - 1;
    }

    @Test
    void containersOfAnOlderProgramGoOnAndObeyTheNewerOne() throws IOException {
        installOlder();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            List<String> words = new ArrayList<>(List.of("run", "-d", "--network", "none", "--name", "box" + i));
            words.addAll(List.of("--restart", "on-failure", "--health-cmd", "echo asked", "--health-interval", "1s"));
            words.addAll(List.of("--rootfs", folder + "/rootfs:O", "/bin/sh", "-c", SCRIPT));
            ids.add(built.wherry(words.toArray(String[]::new)).check().out().strip());
        }
        String process = inspect("box0", "{{.State.Pid}}");
        Command.of("rm", "-rf", dist.toString()).check();

        String before = log(ids.get(1));
        until("it goes on", () -> log(ids.get(1)).length() > before.length());
        Command.of("kill", "-USR1", process).check();
        until("it is started again", () -> count(log(ids.getFirst()), "begun") == 2);

        installNewer();
        assertThat(built.wherry("ps", "-q").check().lines()).hasSize(CONTAINERS);
        assertThat(inspect("box0", "{{.RestartCount}} {{.State.Status}}")).isEqualTo("1 running");
        int right = 0;
        for (int i = 0; i < CONTAINERS; i++) {
            right += obeys("box" + i, i) ? 1 : 0;
        }
        System.out.printf("%d containers of an older program, %d obeyed the newer one%n", CONTAINERS, right);
        assertThat(right).isEqualTo(CONTAINERS);
    }

    private boolean obeys(String name, int i) {
        assertThat(built.wherry("logs", name).check().out()).startsWith("begun\n");
        assertThat(built.wherry("exec", name, "/bin/sh", "-c", "echo inside; exit 7")
                        .run())
                .returns(7, Command.Result::exit)
                .returns("inside\n", Command.Result::out);
        until(
                "its health is looked at",
                () -> inspect(name, "{{.State.Health.Status}}").equals("healthy"));
        if (ROOT) { // with control groups that freeze
            built.wherry("pause", name).check();
            assertThat(inspect(name, "{{.State.Status}}")).isEqualTo("paused");
            built.wherry("unpause", name).check();
        }
        switch (i % 4) {
            case 0 -> {
                built.wherry("stop", "-t", "20", name).check();
                assertThat(inspect(name, "{{.State.Status}} {{.State.ExitCode}}"))
                        .isEqualTo("exited 5");
                assertThat(built.wherry("logs", name).check().out()).endsWith("told to end\n");
            }
            case 1 -> {
                built.wherry("kill", name).check();
                assertThat(inspect(name, "{{.State.Status}} {{.State.ExitCode}}"))
                        .isEqualTo("exited 137");
            }
            case 2 -> built.wherry("restart", "-t", "20", name).check();
            default -> {
                built.wherry("rm", "-f", name).check();
                return built.wherry("ps", "-aq", "--filter", "name=^" + name + "$")
                        .check()
                        .out()
                        .isEmpty();
            }
        }
        built.wherry("rm", "-f", name).check();
        return true;
    }

    @Test
    void whatAMonitorDoesNotKnowEndsTheConnectionAndNothingElse() throws IOException {
        installOlder();
        String id = built.wherry(
                        "run",
                        "-d",
                        "--network",
                        "none",
                        "--name",
                        "box",
                        "--rootfs",
                        folder + "/rootfs:O",
                        "/bin/sh",
                        "-c",
                        SCRIPT)
                .check()
                .out()
                .strip();
        Command.of("rm", "-rf", dist.toString()).check();
        installNewer();

        Command.Result update =
                built.wherry("update", "--restart", "always", "box").run();
        assertThat(update.exit()).isEqualTo(1);
        assertThat(update.err()).startsWith("wherry: The monitor of `box` does not answer: it went away.\n");

        Path socket = built.root().resolve("volatile/c/" + id.substring(0, 12) + "/s");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(frame(HELLO, 1, 0)));
            channel.write(ByteBuffer.wrap(frame(NOT_KNOWN_TO_ANYBODY, 1)));
            ByteBuffer answer = ByteBuffer.allocate(1000);
            while (channel.read(answer) >= 0) {
                assertThat(answer.position()).isLessThanOrEqualTo(16);
            }
            assertThat(answer.get(0)).isEqualTo((byte) HELLO);
        }
        assertThat(inspect("box", "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}"))
                .isEqualTo("running no");
        built.wherry("stop", "-t", "20", "box").check();
        assertThat(inspect("box", "{{.State.ExitCode}}")).isEqualTo("5");
    }

    private static byte[] frame(int type, int... words) {
        ByteBuffer frame = ByteBuffer.allocate(8 + 4 * words.length);
        frame.put((byte) type).putInt(4, 4 * words.length).position(8);
        frame.order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            frame.putInt(word);
        }
        return frame.array();
    }
}
