package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands whose wall clock is set while they wait: libfaketime does that to their JVM. What the pilot does then, the engine's GuestTest looks at. */
@Tag("user")
class WallClockTest {
    /** A monitor has ten seconds to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BuiltYard yard = new BuiltYard("clock");

    @AfterEach
    void close() {
        yard.wherry("rm", "-f", "box").check();
        yard.close();
    }

    private static Path library() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.map(each -> each.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("libfaketime is not installed: apt-get install libfaketime"));
        }
    }

    @Test
    void patienceWithAMonitorDoesNotGrowWhenTheClockIsSetBack() throws IOException, InterruptedException {
        String id = yard.wherry(
                        "run",
                        "-d",
                        "--network",
                        "none",
                        "--name",
                        "box",
                        "--rootfs",
                        yard.throwaway(),
                        "/bin/busybox",
                        "sleep",
                        "600")
                .check()
                .out()
                .strip();
        String started =
                Files.readString(yard.built().root().resolve("volatile/c/" + id.substring(0, 12) + "/started"));
        String monitor = started.lines()
                .filter(line -> line.startsWith("monitor "))
                .findFirst()
                .orElseThrow()
                .substring("monitor ".length());
        Path clock = Files.writeString(yard.folder().resolve("clock"), "+0\n");
        Command.of("kill", "-STOP", monitor).check();
        try {
            Process asking = yard.wherry("kill", "-s", "USR1", "box")
                    .with("LD_PRELOAD", library().toString())
                    .with("FAKETIME_NO_CACHE", "1")
                    .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                    .with("FAKETIME_TIMESTAMP_FILE", clock.toString())
                    .start();
            Thread.sleep(4000); // by then it waits
            Files.writeString(clock, "-3600\n");
            boolean ended = asking.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                asking.destroyForcibly();
            }
            assertThat(ended).isTrue();
            assertThat(new String(asking.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("The monitor of `box` does not answer");
        } finally {
            Command.of("kill", "-CONT", monitor).check();
        }
    }
}
