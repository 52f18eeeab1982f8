package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes executed in a container that runs. */
@Tag("user")
class ExecTest {
    private static final int SIGKILLED = 137;
    private static final int AT_ONCE = 12;
    private static final String STATUS =
            "while read key value rest; do case $key in Seccomp:|NoNewPrivs:|CapBnd:|CapPrm:|CapEff:) "
                    + "echo $key $value;; esac; done </proc/self/status";

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

    @BeforeEach
    void run() throws InterruptedException {
        yard.engine()
                .run(yard.spec("box", "/bin/sh", "-c", "while :; do /bin/busybox sleep 1; done")
                        .build());
        id = yard.launcher().last().id();
        until("it runs", () -> yard.engine().container("box").status() == Container.Status.RUNNING);
    }

    @AfterEach
    void remove() {
        yard.engine().remove("box", true);
        assertThat(Remains.ofRemoved(id, "box", yard.state())).isEmpty();
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(String what, Condition condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static ExecSpec.Builder spec(String... command) {
        ExecSpec.Builder spec = new ExecSpec.Builder();
        spec.command.addAll(List.of(command));
        return spec;
    }

    private static HostedLauncher.Start exec(ExecSpec.Builder spec) {
        yard.engine().exec("box", spec.build());
        return yard.launcher().last();
    }

    private static String output(String script) {
        HostedLauncher.Start start = exec(spec("/bin/sh", "-c", script));
        HostedLauncher.Outcome outcome = start.await();
        assertThat(outcome.code()).as("%s %s", outcome.failure(), start.err()).isZero();
        return start.out();
    }

    private Path folder() {
        return yard.state().resolve("volatile/c/" + id.substring(0, 12) + "/x");
    }

    private static boolean isEmpty(Path folder) {
        return Leftovers.list(folder).isEmpty();
    }

    @Test
    void codeOutputAndErrorsAreTheProcesss() throws InterruptedException {
        HostedLauncher.Start start = exec(spec("/bin/sh", "-c", "echo out; echo err >&2; exit 7"));
        assertThat(start.await().code()).isEqualTo(7);
        assertThat(start.out()).isEqualTo("out\n");
        assertThat(start.err()).isEqualTo("err\n");
        until("it is swept", () -> isEmpty(folder()));
    }

    @Test
    void itSeesTheContainerAndNotTheHost() {
        assertThat(output("echo $$ >/dev/null; read name </proc/1/comm; echo $name; echo /*"))
                .startsWith("sh\n/bin /dev");
        String links = "for n in mnt pid net ipc uts cgroup; do /bin/busybox readlink /proc/PID/ns/$n; done";
        assertThat(output(links.replace("PID", "self"))).isEqualTo(output(links.replace("PID", "1")));
        assertThat(output("echo /proc/self/fd/*")) // the last is the shell's own, which looks at the folder
                .isEqualTo("/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
    }

    /** What setns enters is the topmost mount of the namespace; nothing may be above the container's root. */
    @Test
    void nothingOfTheHostIsAboveTheRoot() {
        assertThat(output("echo /proc/../*")).startsWith("/proc/../bin /proc/../dev /proc/../etc /proc/../probe ");
    }

    @Test
    void itIsInTheContainersControlGroups() {
        String one = output("/bin/busybox cat /proc/1/cgroup");
        assertThat(output("/bin/busybox cat /proc/self/cgroup")).isEqualTo(one);
    }

    @Test
    void itHasTheContainersWalls() {
        String own = output("while read key value rest; do case $key in Seccomp:|NoNewPrivs:|CapBnd:|CapPrm:|CapEff:) "
                + "echo $key $value;; esac; done </proc/1/status");
        assertThat(output(STATUS)).isEqualTo(own).contains("Seccomp: 2\n");
    }

    @Test
    void privilegedHasMoreCapabilitiesAndTheFilterStays() {
        ExecSpec.Builder spec = spec("/bin/sh", "-c", STATUS);
        spec.privileged = true;
        HostedLauncher.Start start = exec(spec);
        assertThat(start.await().code()).isZero();
        assertThat(start.out()).contains("Seccomp: 2\n").isNotEqualTo(output(STATUS));
    }

    @Test
    void environmentAndFolderAreTheContainersUnlessOthersAreNamed() {
        assertThat(output("pwd; echo $HOME $HOSTNAME")).isEqualTo("/\n/root " + id.substring(0, 12) + "\n");
        ExecSpec.Builder spec = spec("/bin/sh", "-c", "pwd; echo $HOME $A");
        spec.workdir = Optional.of("/bin");
        spec.env.addAll(List.of("HOME=/elsewhere", "A=b"));
        HostedLauncher.Start start = exec(spec);
        assertThat(start.await().code()).isZero();
        assertThat(start.out()).isEqualTo("/bin\n/elsewhere b\n");
    }

    /** The container's own files count, as they are now: a user that was added since the start is found. */
    @Test
    void usersAreLookedUpInTheContainerAsItIsNow() {
        if (yard.facts().privilege() instanceof io.wherry.kernel.host.Privilege.Single) {
            return; // there is one user
        }
        output("echo 'late:x:1234:1235::/home/late:/bin/sh' >/etc/passwd; echo 'crew:x:77:late' >/etc/group");
        ExecSpec.Builder spec = spec("/bin/busybox", "id", "-G");
        spec.user = Optional.of("late");
        HostedLauncher.Start start = exec(spec);
        assertThat(start.await().code()).isZero();
        assertThat(start.out()).isEqualTo("1235 77\n");
        spec.user = Optional.of("nobody-there");
        assertThatThrownBy(() -> exec(spec))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.INVALID));
    }

    @Test
    void whatCannotBeExecutedIsToldAsDockerCounts() {
        assertThat(report(spec("/no/such")).exitCode()).isEqualTo(127);
        assertThat(report(spec("nosuch")).exitCode()).isEqualTo(127);
        assertThat(report(spec("/bin")).exitCode()).isEqualTo(126);
        ExecSpec.Builder elsewhere = spec("/bin/sh");
        elsewhere.workdir = Optional.of("/no/such");
        assertThat(report(elsewhere).sentence()).contains("`/no/such`");
        assertThat(folder()).isEmptyDirectory();
    }

    private static FailureReport report(ExecSpec.Builder spec) {
        HostedLauncher.Start start = exec(spec);
        FailureReport report = yard.engine()
                .report("box", spec.build(), start.await().failure().orElseThrow());
        start.leave(report.exitCode());
        return report;
    }

    @Test
    void manyRunAtOnceAndAreKnown() throws InterruptedException {
        List<HostedLauncher.Start> starts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            starts.add(
                    exec(spec("/bin/sh", "-c", "read line </proc/self/stat; while :; do /bin/busybox sleep 1; done")));
        }
        until("all are known", () -> yard.engine().inspect("box").executions().size() == AT_ONCE);
        assertThat(yard.engine().inspect("box").executions())
                .containsExactlyInAnyOrderElementsOf(
                        starts.stream().map(HostedLauncher.Start::id).toList());
        yard.engine().remove("box", true);
        for (HostedLauncher.Start start : starts) {
            assertThat(start.await().code()).as(start.err()).isEqualTo(SIGKILLED);
        }
        run();
    }

    @Test
    void itEndsWithItsMonitorAndTheContainerGoesOn() throws InterruptedException {
        HostedLauncher.Start start = exec(spec("/bin/busybox", "sleep", "600"));
        until("it is known", () -> !yard.engine().inspect("box").executions().isEmpty());
        KeyValues started =
                KeyValues.parse(StateFile.read(folder().resolve(start.id().substring(0, 12) + "/started"))
                        .orElseThrow());
        ProcessHandle.of(started.number("monitor", 0)).orElseThrow().destroyForcibly();
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        until("nobody is left", () -> yard.engine().inspect("box").executions().isEmpty());
        assertThat(yard.engine().container("box").status()).isEqualTo(Container.Status.RUNNING);
    }

    @Test
    void strangerWithTheNumberOfTheContainerIsNotJoined() {
        Path record = yard.state().resolve("volatile/c/" + id.substring(0, 12) + "/started");
        byte[] good = StateFile.read(record).orElseThrow();
        String text = new String(good, StandardCharsets.US_ASCII);
        long start = KeyValues.parse(good).number("start", 0);
        StateFile.write(
                record, text.replace("start " + start, "start " + (start - 1)).getBytes(StandardCharsets.US_ASCII));
        HostedLauncher.Start exec = exec(spec("/bin/sh"));
        assertThat(exec.await().failure().orElseThrow().errnoName()).isEqualTo("ESRCH");
        exec.leave(0);
        StateFile.write(record, good);
    }

    @Test
    void journalTellsItsStartAndItsEnd() {
        HostedLauncher.Start start = exec(spec("/bin/sh", "-c", "exit 9"));
        assertThat(start.await().code()).isEqualTo(9);
        List<String> lines = new String(
                        StateFile.read(yard.state().resolve("events/journal")).orElseThrow(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("\"execID\":\"" + start.id() + "\""))
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("\"Action\":\"exec_start\"", "\"id\":\"" + id + "\"");
        assertThat(lines.getLast()).contains("\"Action\":\"exec_die\"", "\"exitCode\":\"9\"");
    }

    @Test
    void containerThatDoesNotRunIsRefusedByName() {
        yard.engine().run(yard.spec("brief", "/probe", "exit", "0").build());
        HostedLauncher.Start start = yard.launcher().last();
        start.await();
        assertThatThrownBy(() -> yard.engine().exec("brief", ExecSpec.of("/bin/sh")))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("`brief`")
                .hasMessageContaining("not running");
        yard.engine().remove("brief", true);
        assertThat(Files.exists(yard.state().resolve("volatile/c/" + start.id().substring(0, 12))))
                .isFalse();
    }
}
