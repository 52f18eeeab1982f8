package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the monitor finds out about a container's health, and what it leaves of the checks. */
@Tag("user")
class HealthTest {
    private static final long MILLI = 1_000_000;
    private static final int MOST_OUTPUT = 4096;
    private static final int KEPT = 5;
    private static final int ENDS = 20;
    private static final String[] IDLE = {"/bin/sh", "-c", "while :; do /bin/busybox sleep 1; done"};

    private static Yard yard;

    private String id = "";

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @AfterEach
    void remove() {
        yard.engine().remove("box", true);
        assertThat(Remains.ofRemoved(id, "box", yard.state())).isEmpty();
    }

    private static HealthCheck check(String command, long interval, long timeout, long startPeriod, long retries) {
        return new HealthCheck(
                List.of("CMD-SHELL", command),
                OptionalLong.of(interval * MILLI),
                OptionalLong.of(timeout * MILLI),
                OptionalLong.of(startPeriod * MILLI),
                OptionalLong.of(interval * MILLI),
                OptionalLong.of(retries),
                JsonObject.empty());
    }

    private void run(HealthCheck check, String... command) {
        ContainerSpec.Builder spec = yard.spec("box", command);
        spec.healthcheck = java.util.Optional.of(check);
        yard.engine().run(spec.build());
        id = yard.launcher().last().id();
    }

    private static Health health() {
        return yard.engine().container("box").health().orElse(new Health("none", 0, List.of()));
    }

    private static Health until(Predicate<Health> condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        Health health = health();
        while (!condition.test(health)) {
            assertThat(System.nanoTime()).as("%s", health).isLessThan(end);
            Thread.sleep(5);
            health = health();
        }
        return health;
    }

    private static String text(Health.Check check) {
        return new String(check.output(), StandardCharsets.UTF_8);
    }

    @Test
    void itStartsThenIsHealthyThenUnhealthyThenHealthyAgain() throws InterruptedException {
        run(check("echo asked; test ! -e /sick", 50, 5000, 0, 2), IDLE);
        until(health -> health.status().equals("starting"));
        Health healthy = until(health -> health.status().equals("healthy"));
        assertThat(healthy.streak()).isZero();
        assertThat(text(healthy.log().getLast())).isEqualTo("asked\n");
        touch("/sick");
        Health sick = until(health -> health.status().equals("unhealthy"));
        assertThat(sick.streak()).isGreaterThanOrEqualTo(2);
        assertThat(sick.log()).hasSizeLessThanOrEqualTo(KEPT);
        assertThat(sick.log().getLast().exitCode()).isEqualTo(1);
        yard.engine().exec("box", ExecSpec.of("/bin/busybox", "rm", "/sick"));
        yard.launcher().last().await();
        assertThat(until(health -> health.status().equals("healthy")).streak()).isZero();
        assertThat(until(health -> health.log().size() == KEPT).log())
                .isSortedAccordingTo((a, b) -> Long.compare(a.begun(), b.begun()));
    }

    private static void touch(String file) {
        yard.engine().exec("box", ExecSpec.of("/bin/busybox", "touch", file));
        assertThat(yard.launcher().last().await().code()).isZero();
    }

    @Test
    void failuresInTheStartPeriodDoNotCount() throws InterruptedException {
        run(check("exit 3", 20, 5000, 3_600_000, 1), IDLE);
        Health health = until(one -> one.log().size() == KEPT);
        assertThat(health.status()).isEqualTo("starting");
        assertThat(health.streak()).isZero();
        assertThat(health.log().getFirst().exitCode()).isEqualTo(3);
    }

    /** The shell of the check, what it waits for, and what it left behind: all of it. */
    @Test
    void whatTakesTooLongIsEndedWithAllThatItStarted() throws InterruptedException {
        run(check("echo partly; /bin/busybox sleep 500 & /bin/busybox sleep 500", 1000, 100, 0, 1), IDLE);
        Health health = until(one -> !one.log().isEmpty());
        assertThat(health.status()).isEqualTo("unhealthy");
        assertThat(health.log().getFirst().exitCode()).isEqualTo(-1);
        assertThat(text(health.log().getFirst())).isEqualTo("partly\n");
        until(one -> Remains.processes(id, yard.state()).stream().noneMatch(line -> line.contains("sleep 500")));
    }

    @Test
    void outputIsBoundedAndItsWriterIsNotHeldUp() throws InterruptedException {
        run(check("/bin/busybox yes a | /bin/busybox head -c 1000000", 20, 5000, 0, 1), IDLE);
        Health health = until(one -> !one.log().isEmpty());
        assertThat(health.log().getFirst().exitCode()).isZero();
        assertThat(health.log().getFirst().output()).hasSize(MOST_OUTPUT);
    }

    @Test
    void checkThatCannotBeExecutedIsAFailureThatSaysSo() throws InterruptedException {
        HealthCheck shell = check("", 20, 5000, 0, 1);
        run(
                new HealthCheck(
                        List.of("CMD", "/no/such"),
                        shell.interval(),
                        shell.timeout(),
                        shell.startPeriod(),
                        shell.startInterval(),
                        shell.retries(),
                        shell.extra()),
                IDLE);
        Health health = until(one -> one.status().equals("unhealthy"));
        assertThat(health.log().getFirst().exitCode()).isEqualTo(127);
        assertThat(text(health.log().getFirst())).isEqualTo("the command cannot be executed, errno 2\n");
    }

    @Test
    void checkHasTheContainersWalls() throws InterruptedException {
        String fields = "while read k v r; do case $k in Seccomp:|NoNewPrivs:|CapBnd:|CapEff:) echo $k $v;; esac; done";
        String links = "for n in mnt pid net ipc uts cgroup; do /bin/busybox readlink /proc/PID/ns/$n; done";
        run(check("echo $0 >/dev/null; " + script(fields, links, "self"), 20, 5000, 0, 1), IDLE);
        Health health = until(one -> !one.log().isEmpty());
        yard.engine().exec("box", ExecSpec.of("/bin/sh", "-c", script(fields, links, "1")));
        HostedLauncher.Start start = yard.launcher().last();
        assertThat(start.await().code()).isZero();
        assertThat(text(health.log().getFirst())).isEqualTo(start.out()).contains("Seccomp: 2\n");
    }

    private static String script(String fields, String links, String process) {
        return fields + " </proc/" + process + "/status; " + links.replace("PID", process) + "; /bin/busybox cat /proc/"
                + process + "/cgroup";
    }

    @Test
    void nothingIsAskedWhileItIsPaused() throws InterruptedException {
        run(check("exit 0", 20, 5000, 0, 1), IDLE);
        until(one -> one.log().size() == KEPT);
        assumeThat(yard.facts().cgroups().unified())
                .as("a group that can freeze")
                .isPresent();
        yard.engine().pause("box", true);
        Health before = Health.parse(record()).orElseThrow();
        Thread.sleep(300);
        assertThat(Health.parse(record()).orElseThrow().log().getLast().begun())
                .isEqualTo(before.log().getLast().begun());
        yard.engine().pause("box", false);
        until(one -> one.log().getLast().begun() > before.log().getLast().begun());
        assertThat(health().status()).isEqualTo("healthy");
    }

    private byte[] record() {
        return StateFile.read(yard.state().resolve("volatile/c/" + id.substring(0, 12) + "/health"))
                .orElseThrow();
    }

    @Test
    void itStartsAnewWithEachUnattendedStart() throws InterruptedException {
        ContainerSpec.Builder spec = yard.spec("box", "/bin/busybox", "sleep", "0.4");
        spec.healthcheck = java.util.Optional.of(check("exit 0", 30, 5000, 0, 1));
        spec.restart = java.util.Optional.of(RestartPolicy.parse("always"));
        yard.engine().run(spec.build());
        id = yard.launcher().last().id();
        until(one -> one.status().equals("healthy"));
        until(one ->
                yard.engine().container("box").restarts() > 0 && one.status().equals("healthy"));
    }

    @Test
    void containerEndsWhileACheckRuns() throws InterruptedException {
        run(check("/bin/busybox sleep 500", 10, 600_000, 0, 1), "/bin/busybox", "sleep", "0.5");
        assertThat(yard.launcher().last().await().code()).isZero();
        assertThat(yard.engine().container("box").health()).isEmpty();
    }

    /** The kernel kills the check before it tells that the container has ended. */
    @Test
    void checkThatIsKilledByTheContainersEndIsNoFailure() {
        for (int i = 0; i < ENDS; i++) {
            if (i > 0) {
                remove();
            }
            run(check("/bin/busybox sleep 500", 1, 600_000, 0, 1), "/bin/busybox", "sleep", "0.1");
            assertThat(yard.launcher().last().await().code()).isZero();
            String journal = new String(
                    StateFile.read(yard.state().resolve("events/journal")).orElseThrow(), StandardCharsets.UTF_8);
            assertThat(journal.lines().filter(line -> line.contains(id) && line.contains("health_status")))
                    .isEmpty();
        }
    }
}
