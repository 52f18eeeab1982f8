package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Payload;
import io.wherry.testkit.Tar;
import io.wherry.testkit.Terminal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ctrl-C, typed on a terminal at seeded moments of a command: before the JVM is up, while it works, while the container starts, and while it runs. The code is 130, the
 * terminal is as it was, and the next command works and finds nothing that stays.
 */
class InterruptTest {
    private static final int INTERRUPTED = 130;
    private static final int MOMENTS = System.getenv("WHERRY_ALL") == null ? 10 : 100;
    private static final int PULL_MILLIS = 1200;
    private static final int START_MILLIS = 500;
    private static final int PIECE_MILLIS = 20;
    private static final byte[] CTRL_C = {3};

    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "interrupt-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    @AfterEach
    void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** A command on a terminal that is interrupted, and again twice a second as a person would. {@return what the terminal's program said and how it ended} */
    private static String interrupted(Command command, int millis) throws IOException, InterruptedException {
        Process process = Terminal.of(24, 80).around(command).start();
        Thread reader = Thread.ofVirtual().start(() -> drain(process));
        Thread.sleep(millis);
        for (int tries = 0; tries < 20 && process.isAlive(); tries++) {
            try {
                process.getOutputStream().write(CTRL_C);
                process.getOutputStream().flush();
            } catch (IOException e) {
                break; // it has just ended
            }
            process.waitFor(500, TimeUnit.MILLISECONDS);
        }
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).as("it ends at all").isTrue();
        reader.join();
        return process.exitValue() + new String(process.getErrorStream().readAllBytes());
    }

    private static void drain(Process process) {
        try {
            process.getInputStream().readAllBytes();
        } catch (IOException e) {
            // it has ended
        }
    }

    private void assertNothingRuns() throws InterruptedException {
        List<String> running = running();
        for (int i = 0; i < 300 && !running.isEmpty(); i++) {
            Thread.sleep(10);
            running = running();
        }
        assertThat(running).isEmpty();
    }

    /** {@return our processes: those that have something below the root open} */
    private List<String> running() {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
                    if (descriptors.anyMatch(this::isBelow)) {
                        found.add(process + " " + Files.readString(process.resolve("cmdline")));
                    }
                } catch (IOException e) {
                    // gone, or somebody else's
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private boolean isBelow(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(built.root());
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> names(String of) throws IOException {
        if (!Files.isDirectory(built.root().resolve(of))) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(built.root().resolve(of))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    @Test
    void pullEndsAtAnyMomentAndTheNextOneCompletesIt() throws IOException, InterruptedException {
        byte[] noise = new byte[2_000_000];
        new Random(3).nextBytes(noise);
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "image",
                        "{}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar().file("a", 0644, noise).bytes(),
                                new Tar().file("b", "b").bytes()));
        Random random = new Random(seed());
        int early = 0;
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            registry.way((blob, at) -> {
                try {
                    Thread.sleep(PIECE_MILLIS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
            for (int i = 0; i < MOMENTS; i++) {
                String end =
                        interrupted(built.wherry("pull", registry.reference("image")), moment(random, i, PULL_MILLIS));
                assertThat(end).as("moment %d of seed %d", i, seed()).isIn(INTERRUPTED + "", "0");
                early += end.equals("0") ? 0 : 1;
                assertNothingRuns();
            }
            assertThat(early).isGreaterThan(MOMENTS / 3);
            registry.way(LayoutRegistry.Way.CLEAR);
            Command.Result whole =
                    built.wherry("pull", "-q", registry.reference("image")).run();
            assertThat(whole.exit()).as("%s", whole).isZero();
        }
        for (String folder : List.of("tmp", "trash", "content/ingest", "containers", "names")) {
            assertThat(names(folder)).as(folder).isEmpty();
        }
        assertThat(names("layers/overlay").size() + names("layers/dir").size()).isIn(2, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-i", "-it"})
    void containerEndsAtAnyMomentAndLeavesNothing(String how) throws IOException, InterruptedException {
        Path rootfs = Files.createDirectory(folder.resolve("rootfs"));
        Files.copy(Payload.PROBE.path(), rootfs.resolve("probe"));
        Random random = new Random(seed());
        for (int i = 0; i < MOMENTS; i++) {
            Command run = built.wherry(
                    "run",
                    how,
                    "--init",
                    "--rm",
                    "--name",
                    "stopped",
                    "--network",
                    "none",
                    "--rootfs",
                    rootfs.toString(),
                    "/probe",
                    "sleep",
                    "600");
            String end = interrupted(run, moment(random, i, START_MILLIS));
            assertThat(end).as("moment %d of seed %d", i, seed()).isEqualTo(INTERRUPTED + "");
            assertNothingRuns();
            Command.Result next = built.wherry(
                            "run",
                            "--rm",
                            "--name",
                            "stopped",
                            "--network",
                            "none",
                            "--rootfs",
                            rootfs.toString(),
                            "/probe",
                            "exit",
                            "3")
                    .run();
            assertThat(next.exit()).as("the name is free: %s", next).isEqualTo(3);
        }
        Command.Result ps = built.wherry("ps", "-aq").run();
        assertThat(ps.out()).as("%s", ps).isEmpty();
        for (String folder : List.of("tmp", "trash", "containers", "names", "volatile/c")) {
            assertThat(names(folder)).as(folder).isEmpty();
        }
    }

    private static int moment(Random random, int round, int most) {
        return round == 0 ? 0 : random.nextInt(most);
    }

    private static long seed() {
        String given = System.getenv("WHERRY_SEED");
        return given == null ? 1 : Long.parseLong(given);
    }
}
