package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.Payload;
import io.wherry.testkit.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands that stay with a container, or come back to it. The client itself is tested byte by byte in pilot/test/live.py. */
@Tag("user")
class AttachTest {
    private Path folder;
    private Path rootfs;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "attach-").toRealPath();
        rootfs = Files.createDirectories(folder.resolve("rootfs/bin")).getParent();
        Command.requireTool("busybox", "busybox-static");
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/sh"));
        Files.copy(Payload.PROBE.path(), rootfs.resolve("probe"));
        // A socket's address has 108 bytes; the state may lie deeper.
        built = new Built(folder.resolve("d".repeat(100)).resolve("root"));
    }

    @AfterEach
    void close() {
        for (String id : built.wherry("ps", "-aq").run().lines()) {
            built.wherry("rm", "-f", id).run();
        }
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command run(List<String> options, String script) {
        List<String> words = new ArrayList<>(List.of("run", "--network", "none"));
        words.addAll(options);
        Collections.addAll(words, "--rootfs", rootfs.toString(), "/bin/sh", "-c", script);
        return built.wherry(words.toArray(String[]::new));
    }

    @Test
    void attachGivesInputAndTakesOutputAndExitCode() {
        run(List.of("-d", "-i", "--name", "box"), "read a; echo got $a; read b; echo err $b >&2; exit 7")
                .check();
        Command.Result result =
                built.wherry("attach", "box").input("one\ntwo\n").run();
        assertThat(result.out()).isEqualTo("got one\n");
        assertThat(result.err()).isEqualTo("err two\n");
        assertThat(result.exit()).isEqualTo(7);

        Command.Result ended = built.wherry("attach", "box").run();
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err())
                .isEqualTo("wherry: Cannot attach to the container `box`: it is exited.\n"
                        + "`wherry start -ai` starts a container and attaches to it.\n");
    }

    @Test
    void terminalIsLeftByItsKeysAndFoundAgain() throws IOException, InterruptedException {
        Process first = Terminal.of(24, 80)
                .around(run(
                        List.of("-it", "--name", "box", "--detach-keys", "x,ctrl-y"),
                        "while read line; do echo [$line]; [ $line != end ] || exit 9; done"))
                .start();
        type(first, "xa\r"); // a beginning of the keys that goes on otherwise
        assertThat(until(first, "[xa]")).contains("[xa]");
        type(first, "x\031");
        assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).isZero();
        assertThat(first.getErrorStream().readAllBytes()).isEmpty(); // the modes are as they were

        Command.Result blind = built.wherry("attach", "box").input("").run();
        assertThat(blind.exit()).isEqualTo(1);
        assertThat(blind.err()).contains("leave the input out");

        Process second =
                Terminal.of(24, 80).around(built.wherry("attach", "box")).start();
        type(second, "end\r");
        assertThat(until(second, "[end]")).contains("[end]");
        assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(9);
    }

    private static void type(Process terminal, String keys) throws IOException {
        terminal.getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
        terminal.getOutputStream().flush();
    }

    private static String until(Process terminal, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int c = terminal.getInputStream().read();
                c >= 0;
                c = terminal.getInputStream().read()) {
            seen.append((char) c);
            if (seen.indexOf(text) >= 0) {
                break;
            }
        }
        return seen.toString();
    }

    @Test
    void idIsInTheFileBeforeTheContainerStartsAndTheFileIsNotSharedOrLeftBehind() throws IOException {
        Path file = folder.resolve("id");
        String id = run(List.of("-d", "--name", "box", "--cidfile", file.toString()), "exit 0")
                .check()
                .out()
                .strip();
        assertThat(file).hasContent(id);

        Command.Result again =
                run(List.of("--cidfile", file.toString()), "exit 0").run();
        assertThat(again.exit()).isEqualTo(125);
        assertThat(again.err()).contains("is there already");
        assertThat(file).hasContent(id);

        Files.delete(file);
        Command.Result taken = run(List.of("--name", "box", "--cidfile", file.toString()), "exit 0")
                .run();
        assertThat(taken.exit()).isEqualTo(125);
        assertThat(file).doesNotExist();
    }

    @Test
    void singleStreamsAreShown() {
        String script = "echo out; echo err >&2; exit 2";
        Command.Result out = run(List.of("-a", "stdout"), script).run();
        assertThat(out.out() + "|" + out.err()).isEqualTo("out\n|");
        Command.Result err = run(List.of("-a", "STDERR"), script).run();
        assertThat(err.out() + "|" + err.err()).isEqualTo("|err\n");
        assertThat(err.exit()).isEqualTo(2);
        Command.Result in =
                run(List.of("-i", "-a", "stdin"), "cat >&2").input("x").run();
        assertThat(in.out()).matches("[0-9a-f]{64}\n");
        assertThat(in.err()).isEmpty();
    }

    @Test
    void keysAreDockersAndNothingElse() {
        for (String keys : List.of(
                "ctrl-pq", "ctrl-", "ctrl-1", "ctrl-A", "esc", "", "a,,b", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")) {
            Command.Result result =
                    built.wherry("attach", "--detach-keys", keys, "box").run();
            assertThat(result.err()).as(keys).contains("takes 1 to 16 keys");
        }
        for (String keys : List.of("ctrl-@", "ctrl-[", "ctrl-_", "DEL,a", "ctrl-p,ctrl-q")) {
            Command.Result result =
                    built.wherry("attach", "--detach-keys", keys, "box").run();
            assertThat(result.err()).as(keys).contains("no container `box`");
        }
    }
}
