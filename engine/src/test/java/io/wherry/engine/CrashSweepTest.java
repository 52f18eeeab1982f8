package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import io.wherry.runtime.RuntimeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise "kill -9 anything at any moment", point by point: a start dies, fails or stops (and is killed there) at instruction N of its program, for every N
 * where WHERRY_ALL is set and for a sample else (WHERRY_SEED chooses another). Then the next command must see the truth, nothing may be left, and the
 * name must be free once the container is removed.
 */
@Tag("user")
class CrashSweepTest {
    private static final int SAMPLE = 20;
    /** Of each start by a tool, which takes longer, and of which much is the same. */
    private static final int SAMPLE_BY_TOOL = 8;

    private static final int EIO = 5;
    private static final int CODE = 7;
    private static final int SIGKILLED = 137;
    private static final int FAILED = 125;

    /** The header's test switches. */
    private enum Switch {
        DIE,
        FAIL,
        STOP;

        int number() {
            return ordinal() + 1;
        }
    }

    /** Containers that differ in their programs. */
    private enum Shape {
        PLAIN,
        REMOVED,
        TERMINAL,
        /** It fails, and its monitor starts it once more. */
        AGAIN,
        /** It is given devices that come and go; for system root with groups of version 1. */
        PLUGGED,
        BWRAP,
        RUNC,
        CRUN,
        LXC,
        SHIM,
        CHROOT;

        /** By which runtime. */
        Optional<RuntimeName> runtime() {
            if (ordinal() < BWRAP.ordinal()) {
                return Optional.empty();
            }
            return Optional.of(
                    RuntimeName.of(this == SHIM ? "io.containerd.runc.v2" : name().toLowerCase(Locale.ROOT)));
        }
    }

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @ParameterizedTest
    @CsvSource({
        "DIE, PLAIN",
        "DIE, REMOVED",
        "DIE, TERMINAL",
        "DIE, AGAIN",
        "FAIL, PLAIN",
        "FAIL, REMOVED",
        "FAIL, TERMINAL",
        "FAIL, AGAIN",
        "STOP, PLAIN",
        "STOP, TERMINAL",
        "DIE, BWRAP",
        "DIE, RUNC",
        "DIE, CRUN",
        "DIE, LXC",
        "FAIL, BWRAP",
        "FAIL, RUNC",
        "FAIL, CRUN",
        "FAIL, LXC",
        "STOP, BWRAP",
        "STOP, RUNC",
        "STOP, CRUN",
        "STOP, LXC",
        "DIE, SHIM",
        "FAIL, SHIM",
        "STOP, SHIM",
        "DIE, PLUGGED",
        "FAIL, PLUGGED",
        "STOP, PLUGGED",
        "DIE, CHROOT",
        "FAIL, CHROOT",
        "STOP, CHROOT"
    })
    void nothingIsLeftWhereverAStartEnds(Switch what, Shape shape) throws InterruptedException {
        assumeThat(yard.facts().root() || shape != Shape.SHIM)
                .as("shims serve system root only")
                .isTrue();
        assumeThat(shape != Shape.PLUGGED
                        || yard.facts().cgroups().hierarchy("devices").isPresent())
                .as("device groups of version 1")
                .isTrue();
        assumeThat(shape != Shape.PLUGGED || yard.facts().root())
                .as("system root")
                .isTrue();
        ContainerSpec spec = spec(shape);
        KernelProgram program = yard.engine().explain(spec).program();
        List<String> broken = new ArrayList<>();
        for (int at : points(program.size(), shape.runtime().isPresent() ? SAMPLE_BY_TOOL : SAMPLE)) {
            try {
                new Trial(spec, program, what, at).run();
            } catch (AssertionError | WherryException e) {
                broken.add(what + " at " + at + " " + Disassembler.print(program, at) + ": " + e.getMessage());
            }
        }
        assertThat(broken).as("seed %d", seed()).isEmpty();
    }

    private static ContainerSpec spec(Shape shape) {
        ContainerSpec.Builder spec = yard.spec("crash", "/probe", "exit", Integer.toString(CODE));
        spec.remove = shape == Shape.REMOVED;
        spec.terminal = shape == Shape.TERMINAL;
        spec.runtime = shape.runtime();
        if (shape == Shape.PLUGGED) {
            spec.devices.add("tty:tty1?");
        }
        if (shape == Shape.AGAIN) {
            spec.restart = Optional.of(RestartPolicy.parse("on-failure:1"));
        }
        return spec.build();
    }

    private static long seed() {
        String given = System.getenv("WHERRY_SEED");
        return given == null ? 1 : Long.parseLong(given);
    }

    private static List<Integer> points(int size, int most) {
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            points.add(i);
        }
        if (System.getenv("WHERRY_ALL") != null) {
            return points;
        }
        Collections.shuffle(points, new Random(seed()));
        List<Integer> sample = points.subList(0, Math.min(most, size));
        Collections.sort(sample);
        return sample;
    }

    /** One start that ends at one instruction. */
    private static final class Trial {
        private final ContainerSpec spec;
        private final KernelProgram program;
        private final Switch what;
        private final int at;
        private Optional<Failure> failure = Optional.empty();
        private int code = -1;
        private String id = "";

        Trial(ContainerSpec spec, KernelProgram program, Switch what, int at) {
            this.spec = spec;
            this.program = program;
            this.what = what;
            this.at = at;
        }

        void run() throws InterruptedException {
            yard.launcher().amend(good -> good.withTest(what.number(), at, what == Switch.FAIL ? EIO : 0));
            yard.engine().run(spec);
            yard.launcher().amend(good -> good);
            HostedLauncher.Start start = yard.launcher().last();
            id = start.id();
            try {
                end(start);
                settle();
                if (!spec.remove()) {
                    judge();
                    yard.engine().remove("crash", true);
                }
                assertThat(Remains.ofRemoved(id, "crash", yard.state())).isEmpty();
            } finally {
                start.kill();
                clear();
            }
        }

        private void end(HostedLauncher.Start start) throws InterruptedException {
            if (what == Switch.STOP) {
                awaitStop(start);
                killPilot(start);
            }
            HostedLauncher.Outcome outcome = start.await();
            failure = outcome.failure();
            code = outcome.code();
            if (what == Switch.FAIL && failure.isPresent()) {
                assertThat(failure.get().instruction()).isEqualTo(at);
                assertThat(failure.get().errnoName()).isEqualTo("EIO");
            }
            // Where the pilot was killed, who was to report may have been killed with it.
            if (failure.isPresent() && at % 2 == 0 && what != Switch.STOP) {
                FailureReport report = yard.engine().report(id, failure.get());
                assertThat(report.sentence()).startsWith("Cannot start `crash`: ");
                start.leave(report.exitCode());
            } else {
                start.kill(); // nobody reports: the next command has to find out by itself
                age();
            }
        }

        /** Of a container that was to be removed nothing but its age tells that its start was given up before the intent. */
        private void age() {
            Path marker = yard.state()
                    .resolve("containers/" + id + "/temporary-" + yard.facts().bootId());
            try {
                Files.setLastModifiedTime(marker, FileTime.from(Instant.now().minusSeconds(120)));
            } catch (IOException e) {
                assertThat(e).isInstanceOf(NoSuchFileException.class);
            }
        }

        /** A stopped process says nothing; a start takes some 20 ms. */
        private void awaitStop(HostedLauncher.Start start) throws InterruptedException {
            long end = System.nanoTime() + 250_000_000L;
            while (System.nanoTime() - end < 0 && start.process().isAlive()) {
                Thread.sleep(5);
            }
        }

        private void killPilot(HostedLauncher.Start start) {
            start.process().children().forEach(ProcessHandle::destroyForcibly);
            if (isFirstProcess(at) && !mayOutliveItsParent()) {
                return;
            }
            for (long pid : Remains.pids(id, yard.state())) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        private boolean isFirstProcess(int instruction) {
            int first = program.first(Assembler.INSIDE);
            return instruction >= first && instruction < first + program.count(Assembler.INSIDE);
        }

        /** Held right before it asks for its death signal; one that is not held goes on to the next barrier and ends there. */
        private boolean mayOutliveItsParent() {
            return Disassembler.print(program, at).startsWith("prctl(1, ");
        }

        /** Everything but the state on disk is gone once another command has looked. */
        private void settle() throws InterruptedException {
            List<String> remains = List.of();
            long end = System.nanoTime() + 3_000_000_000L;
            Path lock = yard.state().resolve("locks").resolve(id);
            while (System.nanoTime() - end < 0) {
                if (spec.remove() && Files.exists(lock)) {
                    age(lock);
                }
                yard.engine().containers();
                remains = spec.remove() ? Remains.ofRemoved(id, "crash", yard.state()) : Remains.of(id, yard.state());
                if (remains.isEmpty()) {
                    return;
                }
                Thread.sleep(10);
            }
            assertThat(remains).isEmpty();
        }

        /** An unheld lock without a container is nobody's after a minute: until then somebody may be about to hold it. */
        private static void age(Path lock) {
            try {
                Files.setLastModifiedTime(lock, FileTime.fromMillis(0));
            } catch (IOException e) {
                // removed meanwhile, as it should be
            }
        }

        private void judge() {
            Container container = yard.engine().container("crash");
            assertThat(container.id()).isEqualTo(id);
            assertThat(container.status()).isIn(Container.Status.CREATED, Container.Status.EXITED);
            if (code == CODE && spec.restart().isEmpty()) { // who was told of the first end knows nothing of the second
                assertThat(container.exitCode()).hasValue(CODE);
            } else if (container.status() == Container.Status.EXITED
                    && container.exitCode().orElseThrow() != CODE) {
                // what could not be cleaned up between two starts may make the second one fail
                boolean unclean = what == Switch.FAIL && spec.restart().isPresent();
                assertThat(container.exitCode().getAsInt()).isIn(SIGKILLED, unclean ? FAILED : SIGKILLED);
            }
        }

        /** After a failed assertion too, so that the next point begins afresh. */
        private void clear() {
            for (long pid : Remains.pids(id, yard.state())) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            try {
                yard.engine().remove("crash", true);
            } catch (WherryException e) {
                StateFile.remove(yard.state().resolve("names/crash"));
            }
        }
    }
}
