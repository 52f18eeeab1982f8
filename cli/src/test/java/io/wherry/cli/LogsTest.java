package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs of containers by the built program: written by the monitor, read by the command. */
@Tag("user")
class LogsTest {
    @TempDir
    Path folder;

    private Path rootfs;

    @BeforeEach
    void makeRoot() throws IOException {
        rootfs = Files.createDirectories(folder.resolve("rootfs/bin")).getParent();
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        for (String name : List.of("sh", "seq", "sleep", "cat")) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(name), Path.of("busybox"));
        }
    }

    @AfterEach
    void nothingRuns() {
        for (String name : wherry("ps", "-aq").lines()) {
            assertThat(wherry("rm", "-f", name).exit()).isZero();
        }
        Command.of("rm", "-rf", "--one-file-system", folder.resolve("root").toString())
                .check();
    }

    private Command.Result wherry(String... words) {
        return new Built(folder.resolve("root")).wherry(words).run();
    }

    private void start(String name, String script, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name, "--network", "none"));
        words.addAll(List.of(options));
        words.addAll(List.of("--rootfs", rootfs + ":O", "/bin/sh", "-c", script));
        Command.Result run = wherry(words.toArray(String[]::new));
        assertThat(run.exit()).as("%s", run).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-file", "local"})
    void whatWasSaidIsPrinted(String driver) {
        start("said", "echo one; echo two >&2; printf '\\033[1m\\377\\000'", "--log-driver", driver);
        Command.Result followed = wherry("logs", "-f", "said");
        assertThat(followed.exit()).isZero();
        assertThat(followed.out()).startsWith("one\n\u001b[1m").endsWith("\0");
        assertThat(followed.err()).isEqualTo("two\n");
        assertThat(wherry("logs", "--tail", "0", "said").out()).isEmpty();
        assertThat(wherry("logs", "-t", "-n", "1", "said").out()).matches("(?s)\\d{4}-\\d\\d-\\d\\dT[0-9:.]{18}Z .*");
        assertThat(wherry("logs", "--since", "1h", "said").out()).startsWith("one\n");
        assertThat(wherry("logs", "--until", "1h", "said").out()).isEmpty();
    }

    /** The files hold a quarter of it; who follows sees all of it, each line once. */
    @ParameterizedTest
    @ValueSource(strings = {"json-file", "local"})
    void followingSeesEveryLineThroughAllRotations(String driver) throws IOException, InterruptedException {
        int bursts = 100;
        Path go = Files.createDirectory(folder.resolve("go"));
        String script = "echo 0; until [ -e /go/on ]; do sleep 0.02; done; i=0; while [ $i -lt " + bursts
                + " ]; do seq $((i*200+1)) $((i*200+200)); i=$((i+1)); sleep 0.02; done";
        start("rotates", script, "-v", go + ":/go", "--log-driver", driver, "--log-opt", "max-size=128k");
        Path out = folder.resolve("followed");
        Process follow = start(new Built(folder.resolve("root")).wherry("logs", "-f", "rotates"), out);
        for (int i = 0; i < 1000 && Files.size(out) == 0; i++) {
            Thread.sleep(10);
        }
        Files.createFile(go.resolve("on"));
        assertThat(follow.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> seen = Files.readAllLines(out);
        assertThat(seen).hasSize(bursts * 200 + 1);
        for (int i = 0; i < seen.size(); i++) {
            assertThat(seen.get(i)).isEqualTo(Integer.toString(i));
        }
        assertThat(wherry("logs", "rotates").lines()).hasSizeBetween(1000, bursts * 150);
    }

    private static Process start(Command command, Path out) throws IOException {
        return new ProcessBuilder(command.words())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void logsThatCannotBeReadAreRefused() {
        start("mute", "echo x", "--log-driver", "none");
        Command.Result logs = wherry("logs", "mute");
        assertThat(logs.exit()).isEqualTo(1);
        assertThat(logs.err()).contains("`none` does not support reading");
    }

    @Test
    void aProgramReadsTheLog() throws IOException, InterruptedException {
        Path to = folder.resolve("read");
        Path program = folder.resolve("reader");
        Files.writeString(
                program,
                "#!/bin/sh\ncat > " + to + ".new; echo $WHERRY_NAME >> " + to + ".new; mv " + to + ".new $1\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        start("piped", "echo one; echo two >&2", "--log-driver", "pipe:" + program + " " + to);
        for (int i = 0; i < 500 && !Files.exists(to); i++) {
            Thread.sleep(10);
        }
        assertThat(Files.readAllLines(to))
                .containsExactlyInAnyOrder("one", "two", "piped")
                .last()
                .isEqualTo("piped");
    }
}
