package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.testkit.Command;
import io.wherry.testkit.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Somebody who may write to the root and to the volume swaps what is there for links to the outside while the container starts: the start is stopped at instruction N, for
 * every N where WHERRY_ALL is set and for a sample else (WHERRY_SEED chooses another), everything is swapped, and the start goes on. It works inside or is refused; a
 * canary outside and the host's mounts stay as they were (CVE-2021-30465, CVE-2025-31133, CVE-2025-52565, CVE-2025-52881).
 */
class SwapRaceTest {
    private static final int SAMPLE = 16;
    private static final int STOP = 3;
    private static final List<String> PLACES = List.of(
            "proc",
            "sys",
            "dev",
            "etc/hosts",
            "etc/hostname",
            "etc/resolv.conf",
            "etc",
            "tmp",
            "work",
            "volume",
            "volume-file",
            "deep/below",
            "deep");
    private static final List<String> FILES = List.of("etc/hosts", "etc/hostname", "etc/resolv.conf", "volume-file");

    private static Yard yard;
    private static Path canary;
    private static Path volume;

    @BeforeAll
    static void open() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "looking into a start that stands still needs root");
        yard = new Yard();
        canary = Files.createDirectories(yard.folder().resolve("canary"));
        Files.createDirectories(canary.resolve("folder/below"));
        Files.writeString(canary.resolve("file"), "canary\n");
        Files.writeString(canary.resolve("folder/file"), "canary\n");
        volume = Files.createDirectories(yard.folder().resolve("volume"));
    }

    @AfterAll
    static void close() {
        if (yard != null) {
            yard.close();
        }
    }

    @Test
    void outsideStaysAsItWasWheneverTheRootIsSwapped() throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        int swapped = 0;
        for (boolean terminal : new boolean[] {false, true}) {
            KernelProgram program =
                    yard.engine().explain(spec(root(), terminal)).program();
            for (int at : points(program.first(Assembler.SWEEP))) {
                Path root = root();
                String before = snapshot();
                yard.launcher().amend(good -> good.withTest(STOP, at, 0));
                yard.engine().run(spec(root, terminal));
                yard.launcher().amend(good -> good);
                HostedLauncher.Start start = yard.launcher().last();
                Optional<Path> stopped = awaitStop(start);
                if (!stopped.isEmpty()) {
                    swapped++;
                    swap(root, at % 2 == 0);
                    Files.write(stopped.get(), new byte[1]);
                }
                String problem = end(start);
                String after = snapshot();
                if (!problem.isEmpty() || !before.equals(after)) {
                    wrong.add(at + " " + Disassembler.print(program, at) + ": " + problem
                            + (before.equals(after) ? "" : " outside changed:\n" + before + "->\n" + after));
                }
            }
        }
        assertThat(wrong).as("seed %d", seed()).isEmpty();
        assertThat(swapped).as("starts that were stopped").isGreaterThan(SAMPLE);
    }

    private static ContainerSpec spec(Path root, boolean terminal) {
        ContainerSpec.Builder spec = yard.spec(
                "swapped",
                "/bin/sh",
                "-c",
                "echo x >/volume/x; echo x >/deep/below/x; echo x >/etc/hosts; echo x >/tmp/x; echo started");
        spec.rootfs = Optional.of(root.toString());
        spec.rootfsOverlay = false;
        spec.terminal = terminal;
        spec.workdir = Optional.of("/work");
        spec.mounts.add(new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/tmp", List.of()));
        for (String target : List.of("/volume", "/deep/below")) {
            spec.mounts.add(new MountSpec(MountSpec.Type.BIND, Optional.of(volume.toString()), target, List.of()));
        }
        spec.mounts.add(new MountSpec(
                MountSpec.Type.BIND,
                Optional.of(yard.rootfs().resolve("probe").toString()),
                "/volume-file",
                List.of("ro")));
        return spec.build();
    }

    private static Path root() throws IOException {
        Path root = yard.folder().resolve("swapped");
        Command.of("chmod", "-R", "u+rwX", root.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", root.toString()).check();
        Files.createDirectory(root);
        Files.copy(Payload.PROBE.path(), root.resolve("probe"));
        Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/sh"));
        for (String place : PLACES) {
            Path path = root.resolve(place);
            Files.createDirectories(path.getParent());
            if (FILES.contains(place)) {
                Files.writeString(path, "");
            } else {
                Files.createDirectories(path);
            }
        }
        return root;
    }

    /** Every place gives way to a link out of the root; the inner ones first. What is a mount by now cannot be seen from here, and its place is swapped below it. */
    private static void swap(Path root, boolean absolute) throws IOException {
        for (String place : PLACES) {
            Path path = root.resolve(place);
            Path outside = canary.resolve(FILES.contains(place) ? "file" : "folder");
            Path link = absolute
                    ? outside
                    : Path.of("../".repeat(20) + outside.toString().substring(1));
            Files.move(path, path.resolveSibling(path.getFileName() + ".old"));
            Files.createSymbolicLink(path, link);
        }
    }

    /** {@return the pipe that a stopped start reads and holds open itself: a byte in it lets it go on; absent if it ended without} */
    private static Optional<Path> awaitStop(HostedLauncher.Start start) throws InterruptedException {
        long end = System.nanoTime() + 2_000_000_000L;
        while (System.nanoTime() - end < 0 && start.process().isAlive()) {
            for (ProcessHandle process : start.process().descendants().toList()) {
                Optional<Path> pipe = ownPipe(Path.of("/proc/" + process.pid()));
                if (pipe.isPresent()) {
                    return pipe;
                }
            }
            Thread.sleep(2);
        }
        return Optional.empty();
    }

    private static Optional<Path> ownPipe(Path process) {
        try {
            String[] call = Files.readString(process.resolve("syscall")).split(" "); // number, descriptor, …
            if (!call[0].equals("0")) {
                return Optional.empty();
            }
            Path reads = process.resolve("fd/" + Integer.decode(call[1]));
            try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
                for (Path other : descriptors.toList()) {
                    if (writes(process, other) && Files.readSymbolicLink(other).equals(Files.readSymbolicLink(reads))) {
                        return Optional.of(other);
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // gone
        }
    }

    private static boolean writes(Path process, Path descriptor) throws IOException {
        String flags = Files.readAllLines(process.resolve("fdinfo").resolve(descriptor.getFileName()))
                .get(1);
        return flags.startsWith("flags:") && flags.endsWith("1"); // octal; O_WRONLY
    }

    /** {@return what is wrong, or an empty string} */
    private static String end(HostedLauncher.Start start) {
        try {
            HostedLauncher.Outcome outcome = start.await();
            if (outcome.failure().isEmpty()) {
                return start.out().contains("started")
                        ? ""
                        : "ended with " + outcome.code() + " `" + start.out() + "` `" + start.err() + "`";
            }
            FailureReport report =
                    yard.engine().report(start.id(), outcome.failure().get());
            start.leave(report.exitCode());
            boolean refused = report.exitCode() >= 125
                    && report.exitCode() <= 127
                    && report.sentence().startsWith("Cannot start `swapped`: ");
            return refused ? "" : "was refused with " + report;
        } finally {
            start.kill();
            yard.engine().remove("swapped", true);
        }
    }

    private static List<Integer> points(int size) {
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            points.add(i);
        }
        if (System.getenv("WHERRY_ALL") != null) {
            return points;
        }
        Collections.shuffle(points, new Random(seed()));
        return points.subList(0, Math.min(SAMPLE, size));
    }

    private static long seed() {
        String given = System.getenv("WHERRY_SEED");
        return given == null ? 1 : Long.parseLong(given);
    }

    /** All that a start could reach by mistake: the canary and the host's mounts. */
    private static String snapshot() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> paths = Files.walk(canary)) {
            for (Path path : paths.sorted().toList()) {
                text.append(path)
                        .append(' ')
                        .append(Files.readAttributes(
                                path, "unix:mode,uid,gid,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS))
                        .append(Files.isRegularFile(path) ? Files.readString(path) : "")
                        .append('\n');
            }
        }
        return text.append(Files.readString(Path.of("/proc/self/mountinfo"))).toString();
    }
}
