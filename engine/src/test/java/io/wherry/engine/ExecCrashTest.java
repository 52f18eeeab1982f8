package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An execution that dies, fails or stops (and is killed there) at instruction N of its program, for every N where WHERRY_ALL is set and for a sample else (WHERRY_SEED chooses another): the
 * container does not notice, no process of the execution is left, and no execution is shown.
 */
@Tag("user")
class ExecCrashTest {
    private static final int SAMPLE = 30;
    private static final int EIO = 5;
    private static final long PATIENCE = 10_000_000_000L;
    private static final String[] SWITCHES = {"", "DIE", "FAIL", "STOP"};

    private static Yard yard;
    private static String id = "";

    @BeforeAll
    static void open() throws InterruptedException {
        yard = new Yard();
        yard.engine().run(yard.spec("box", "/bin/busybox", "sleep", "1000").build());
        id = yard.launcher().last().id();
        long end = System.nanoTime() + PATIENCE;
        while (yard.engine().container("box").status() != Container.Status.RUNNING) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    @AfterAll
    static void close() {
        yard.engine().remove("box", true);
        assertThat(Remains.ofRemoved(id, "box", yard.state())).isEmpty();
        yard.close();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "3, false", "1, true", "2, true"})
    void nothingIsLeftWhereverAnExecutionEnds(int what, boolean terminal) throws InterruptedException {
        ExecSpec.Builder spec = new ExecSpec.Builder();
        spec.command.addAll(List.of("/bin/busybox", "sleep", "0"));
        spec.terminal = terminal;
        int size = yard.engine().explain("box", spec.build()).program().size();
        List<Long> before = Remains.pids(id, yard.state());
        List<String> broken = new ArrayList<>();
        for (int at : points(size)) {
            String point = SWITCHES[what] + " at " + at + " "
                    + Disassembler.print(
                            yard.engine().explain("box", spec.build()).program(), at);
            try {
                trial(spec, what, at, before);
            } catch (AssertionError | WherryException e) {
                broken.add(point + ": " + e.getMessage());
            }
        }
        assertThat(broken).isEmpty();
    }

    private static void trial(ExecSpec.Builder spec, int what, int at, List<Long> before) throws InterruptedException {
        yard.launcher().amend(good -> good.withTest(what, at, what == 2 ? EIO : 0));
        yard.engine().exec("box", spec.build());
        yard.launcher().amend(good -> good);
        HostedLauncher.Start start = yard.launcher().last();
        try {
            if (what == 3) {
                awaitStop(start);
                start.process().children().forEach(ProcessHandle::destroyForcibly);
                killWhoMayOutliveItsParent(
                        yard.engine().explain("box", spec.build()).program(), at, before);
            }
            HostedLauncher.Outcome outcome = start.await();
            if (outcome.failure().isPresent() && what == 2) {
                assertThat(outcome.failure().get().instruction()).isEqualTo(at);
                assertThat(yard.engine()
                                .report("box", spec.build(), outcome.failure().get())
                                .sentence())
                        .startsWith("Cannot execute in `box`: ");
                assertThat(folders(start)).isEmpty(); // a failure sweeps
            }
        } finally {
            start.kill();
        }
        settle(before);
        assertThat(yard.engine().container("box").status()).isEqualTo(Container.Status.RUNNING);
        assertThat(yard.engine().inspect("box").executions()).isEmpty();
    }

    private static List<Path> folders(HostedLauncher.Start start) {
        Path folder = yard.state()
                .resolve(
                        "volatile/c/" + id.substring(0, 12) + "/x/" + start.id().substring(0, 12));
        return Files.exists(folder) ? List.of(folder) : List.of();
    }

    /** A stopped process says nothing; an execution takes some 5 ms. */
    private static void awaitStop(HostedLauncher.Start start) throws InterruptedException {
        long end = System.nanoTime() + 150_000_000L;
        while (System.nanoTime() < end && start.process().isAlive()) {
            Thread.sleep(5);
        }
    }

    private static void settle(List<Long> before) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        while (!before.containsAll(Remains.pids(id, yard.state()))) {
            assertThat(System.nanoTime())
                    .as("%s", Remains.processes(id, yard.state()))
                    .isLessThan(end);
            Thread.sleep(5);
        }
    }

    /** Held right before it asks for its death signal (one that is not held goes on to the next barrier and ends there), or a monitor that is held in the sweep, when its client has gone. */
    private static void killWhoMayOutliveItsParent(KernelProgram program, int at, List<Long> before) {
        if (Disassembler.print(program, at).startsWith("prctl(1, ") || at >= program.first(Assembler.SWEEP)) {
            for (long pid : Remains.pids(id, yard.state())) {
                if (!before.contains(pid)) {
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
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
        String seed = System.getenv("WHERRY_SEED");
        Collections.shuffle(points, new Random(seed == null ? 1 : Long.parseLong(seed)));
        return points.subList(0, Math.min(SAMPLE, size));
    }
}
