package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What must be right every time, counted: exit codes, kills for lack of memory, numbers of processes that somebody else has by now. A sample, or with WHERRY_ALL all of it; each prints its count.
 */
@Tag("user")
class CountedRunsTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int RUNS = ALL ? 10_000 : 60;
    private static final int HUNGRY = ALL ? 100 : 3;
    private static final int KILLS = ALL ? 100 : 10;
    private static final int REUSES = ALL ? 1_000 : 10;
    private static final int MOST_FORKS = 20;

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterEach
    void nothingIsLeft() {
        for (Container container : yard.engine().containers()) {
            try {
                yard.engine().remove(container.id(), true);
            } catch (WherryException e) {
                assertThat(e.kind()).isEqualTo(WherryException.Kind.NOT_FOUND); // its monitor was removing it
            }
        }
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @Test
    void everyExitCodeIsTheOneThatWasGiven() {
        Random random = new Random(1);
        int right = 0;
        for (int i = 0; i < RUNS; i++) {
            int code = random.nextInt(256);
            ContainerSpec.Builder spec = yard.spec("code", "/probe", "exit", Integer.toString(code));
            spec.remove = true;
            yard.engine().run(spec.build());
            right += yard.launcher().last().await().code() == code ? 1 : 0;
        }
        System.out.printf("%d runs with a random exit code: %d right%n", RUNS, right);
        assertThat(right).isEqualTo(RUNS);
    }

    @Test
    void everyKillForLackOfMemoryIsCounted() {
        assumeThat(yard.facts().root()).as("control groups that limit memory").isTrue();
        long counted = 0;
        for (int i = 0; i < HUNGRY; i++) {
            ContainerSpec.Builder spec = yard.spec(
                    "hungry",
                    "/bin/sh",
                    "-c",
                    "i=0; while [ $i -lt " + KILLS + " ]; do /probe oom 64 >/dev/null; i=$((i+1)); done; exit 0");
            spec.memory = 8L << 20;
            yard.engine().run(spec.build());
            assertThat(yard.launcher().last().await().code()).isZero();
            Container container = yard.engine().container("hungry");
            assertThat(container.outOfMemory()).isTrue();
            byte[] exit = StateFile.read(yard.state().resolve("containers/" + container.id() + "/exit"))
                    .or(() -> StateFile.read(
                            yard.state().resolve("volatile/c/" + container.id().substring(0, 12) + "/exit")))
                    .orElseThrow();
            counted += KeyValues.parse(exit).number("oom", 0);
            yard.engine().remove("hungry", true);
        }
        System.out.printf("%d × %d kills for lack of memory: %d counted%n", HUNGRY, KILLS, counted);
        assertThat(counted).isEqualTo((long) HUNGRY * KILLS);
    }

    /** The first process and its monitor are dead, and a stranger has the number of one of them when the next commands look. */
    @Test
    void strangerWithTheNumberOfAContainersProcessIsNotTouched() throws IOException, InterruptedException {
        Path last = Path.of("/proc/sys/kernel/ns_last_pid");
        assumeThat(yard.facts().root())
                .as("a choice of the next process number")
                .isTrue();
        int untouched = 0;
        int forced = 0;
        for (int i = 0; i < REUSES; i++) {
            yard.engine().create(yard.spec("box", "/probe", "sleep", "600").build());
            yard.engine().start("box");
            KeyValues started = KeyValues.parse(StateFile.read(yard.state()
                            .resolve("volatile/c/"
                                    + yard.engine().container("box").id().substring(0, 12) + "/started"))
                    .orElseThrow());
            long wanted = started.number(i % 2 == 0 ? "pid" : "monitor", 0);
            long monitor = started.number("monitor", 0);
            ProcessHandle.of(monitor).orElseThrow().destroyForcibly();
            while (Remains.isAlive(monitor) || Remains.isAlive(wanted)) {
                Thread.onSpinWait();
            }
            Process stranger = withNumber(last, wanted);
            forced += stranger.pid() == wanted ? 1 : 0;
            yard.engine().containers();
            yard.engine().remove("box", true);
            untouched += stranger.isAlive() ? 1 : 0;
            stranger.destroyForcibly().waitFor();
        }
        System.out.printf(
                "%d numbers of processes used again, %d of them by force: %d strangers untouched%n",
                REUSES, forced, untouched);
        assertThat(untouched).isEqualTo(REUSES);
        assertThat(forced).isGreaterThan(0);
    }

    /** A process that sleeps, with that number if nobody else was faster. */
    private static Process withNumber(Path last, long wanted) throws IOException, InterruptedException {
        Process process = null;
        for (int i = 0; i < MOST_FORKS; i++) {
            if (process != null) {
                process.destroyForcibly().waitFor();
            }
            Files.write(last, Long.toString(wanted - 1).getBytes(StandardCharsets.US_ASCII));
            process = new ProcessBuilder("sleep", "600").start();
            if (process.pid() == wanted) {
                break;
            }
        }
        return process;
    }
}
