package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Promise;
import io.wherry.runtime.RuntimeKind;
import io.wherry.runtime.RuntimeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every runtime must do, on each that is here; where one may differ, its row of the table of promises says so. */
@Tag("user")
class RuntimeContractTest {
    private static final int SIGKILLED = 137;
    private static final int NOT_THERE = 127;
    private static final String NAME = "contract";

    private static Yard yard;

    private final List<String> ids = new ArrayList<>();

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    static List<String> runtimes() {
        List<String> names = new ArrayList<>(List.of("native", "chroot", "bwrap", "runc", "crun", "lxc"));
        if (yard.facts().root()) {
            names.add("io.containerd.runc.v2"); // no shim serves an ordinary user
        }
        return names;
    }

    @AfterEach
    void nothingIsLeft() {
        for (String id : ids) {
            if (yard.engine().containers().stream()
                    .anyMatch(container -> container.id().equals(id))) {
                yard.engine().remove(id, true);
            }
            assertThat(Remains.ofRemoved(id, NAME, yard.state())).isEmpty();
        }
    }

    private static RuntimeKind kind(String runtime) {
        return yard.engine().runtimes().stream()
                .filter(row -> row.name().equals(runtime))
                .findFirst()
                .orElseThrow()
                .kind();
    }

    private static ContainerSpec.Builder spec(String runtime, String... command) {
        ContainerSpec.Builder spec = yard.spec(NAME, command);
        spec.runtime = Optional.of(RuntimeName.of(runtime));
        return spec;
    }

    private HostedLauncher.Start run(ContainerSpec.Builder spec) {
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        ids.add(start.id());
        return start;
    }

    private void running(String runtime) throws InterruptedException {
        HostedLauncher.Start start = run(spec(
                runtime, "/bin/sh", "-c", "trap 'exit 9' TERM; echo up; while :; do /bin/busybox sleep 0.1; done"));
        long end = System.nanoTime() + 20_000_000_000L;
        while (!start.out().equals("up\n")) { // a signal that comes before the trap is nobody's
            assertThat(System.nanoTime()).as("it is up: %s", start.err()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static void await(Container.Status status) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (yard.engine().container(NAME).status() != status) {
            assertThat(System.nanoTime()).as("it is %s", status).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private HostedLauncher.Start exec(String... command) {
        ExecSpec.Builder spec = new ExecSpec.Builder();
        spec.command.addAll(List.of(command));
        yard.engine().exec(NAME, spec.build());
        return yard.launcher().last();
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void outputErrorsAndTheExitCodeAreTheCommands(String runtime) {
        HostedLauncher.Start start = run(spec(runtime, "/bin/sh", "-c", "echo out; echo err >&2; exit 7"));
        assertThat(start.await().code()).isEqualTo(7);
        assertThat(start.out()).isEqualTo("out\n");
        assertThat(start.err()).isEqualTo("err\n");
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aCommandThatEndsAtOnceIsNotMissed(String runtime) {
        for (int code : new int[] {0, 1, 255}) {
            HostedLauncher.Start start = run(spec(runtime, "/probe", "exit", Integer.toString(code)));
            assertThat(start.await().code()).isEqualTo(code);
            yard.engine().remove(NAME, true);
        }
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void whatIsAskedOfTheRootTheEnvironmentAndTheFilesystemHolds(String runtime) {
        ContainerSpec.Builder spec = spec(
                runtime,
                "/bin/sh",
                "-c",
                "echo $A; /bin/busybox pwd; /bin/busybox hostname; /bin/busybox touch /x 2>/dev/null || echo read-only;"
                        + " ulimit -n; /bin/busybox touch /t/x && echo writable; echo $$");
        spec.env = new ArrayList<>(List.of("A=b c"));
        spec.workdir = Optional.of("/bin");
        spec.hostname = Optional.of("far");
        spec.readOnly = true;
        spec.ulimits = new ArrayList<>(List.of("nofile=100"));
        spec.mounts = new ArrayList<>(
                List.of(new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/t", List.of("size=1m"))));
        HostedLauncher.Start start = run(spec);
        assertThat(start.await().code()).as(start.err()).isZero();
        assertThat(start.out())
                .isEqualTo("b c\n/bin\nfar\nread-only\n100\nwritable\n" + (kind(runtime) == RuntimeKind.LXC ? 2 : 1)
                        + "\n");
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aCommandThatIsNotThereIsToldApartWhereThatIsPromised(String runtime) {
        HostedLauncher.Start start = run(spec(runtime, "/nothing"));
        HostedLauncher.Outcome outcome = start.await();
        if (kind(runtime) == RuntimeKind.BWRAP || kind(runtime) == RuntimeKind.LXC) {
            assertThat(outcome.code()).isEqualTo(kind(runtime) == RuntimeKind.BWRAP ? 1 : 255);
        } else {
            assertThat(outcome.failure()).isPresent();
            FailureReport report =
                    yard.engine().report(start.id(), outcome.failure().get());
            assertThat(report.exitCode()).as(report.sentence()).isEqualTo(NOT_THERE);
            assertThat(report.sentence()).contains("/nothing");
            start.leave(report.exitCode());
        }
    }

    /** Which calls are open and which sockets can be had: the filter is the same, whoever installs it. */
    @ParameterizedTest
    @MethodSource("runtimes")
    void theFilterIsTheNativeOne(String runtime) {
        if (!kind(runtime).keeps(Promise.SECCOMP)) {
            return; // it has none
        }
        String calls = facts(runtime);
        String wanted = facts("native");
        if (kind(runtime) == RuntimeKind.BWRAP && yard.facts().root()) {
            wanted = wanted.replace("call.mknod.null ok", "call.mknod.null EACCES"); // its root is without devices
        }
        assertThat(calls).isEqualTo(wanted);
    }

    private String facts(String runtime) {
        HostedLauncher.Start start = run(spec(runtime, "/probe", "calls", "sockets"));
        assertThat(start.await().code()).as(start.err()).isZero();
        yard.engine().remove(NAME, true);
        return start.out();
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void aStopIsTheSignalAndThenTheEnd(String runtime) throws InterruptedException {
        running(runtime);
        yard.engine().stop(NAME, Optional.empty(), OptionalInt.of(10));
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).exitCode()).hasValue(9);
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void itIsKilledStartedAgainAndRemoved(String runtime) throws InterruptedException {
        running(runtime);
        yard.engine().kill(NAME, Signal.KILL);
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).exitCode()).hasValue(SIGKILLED);
        yard.engine().start(NAME);
        assertThat(yard.engine().container(NAME).status()).isEqualTo(Container.Status.RUNNING);
        yard.engine().remove(NAME, true);
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void anotherProcessIsExecutedInside(String runtime) throws InterruptedException {
        running(runtime);
        HostedLauncher.Start start = exec("/bin/sh", "-c", "read name </proc/1/comm; echo $name; exit 5");
        assertThat(start.await().code()).as(start.err()).isEqualTo(5);
        assertThat(start.out()).isEqualTo(kind(runtime) == RuntimeKind.LXC ? "lxc-execute\n" : "sh\n"); // its init
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void itIsFrozenAndThawedWhereThereAreGroups(String runtime) throws InterruptedException {
        running(runtime);
        if (yard.facts().cgroups().unified().isEmpty()) {
            assertThatThrownBy(() -> yard.engine().pause(NAME, true)).isInstanceOf(WherryException.class);
            return;
        }
        yard.engine().pause(NAME, true);
        assertThat(yard.engine().container(NAME).status()).isEqualTo(Container.Status.PAUSED);
        yard.engine().pause(NAME, false);
        assertThat(exec("/probe", "exit", "3").await().code()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void limitsHold(String runtime) throws InterruptedException {
        if (!yard.facts().root()) {
            return; // an ordinary user has no groups here, and is refused
        }
        ContainerSpec.Builder spec = spec(runtime, "/probe", "oom", "400");
        spec.memory = 32L << 20;
        spec.memorySwap = 32L << 20;
        HostedLauncher.Start start = run(spec);
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).outOfMemory()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void itIsStartedAgainByItsPolicyWithoutAJvm(String runtime) throws InterruptedException {
        ContainerSpec.Builder spec = spec(runtime, "/probe", "exit", "4");
        spec.restart = Optional.of(RestartPolicy.parse("on-failure:2"));
        HostedLauncher.Start start = run(spec);
        assertThat(start.await().code()).isEqualTo(4);
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).restarts()).isEqualTo(2);
    }

    @Test
    void whatAKindDoesNotPromiseIsRefusedByTheOptionsName() {
        ContainerSpec.Builder spec = spec("bwrap", "/probe");
        spec.sysctls.put("kernel.shmmax", "1");
        assertThatThrownBy(() -> yard.engine().run(spec.build()))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("The runtime `bwrap` cannot do `--sysctl`");
    }

    @Test
    void aRuntimeThatIsNotHereIsNamedWithWhatIs() {
        assertThatThrownBy(() -> yard.engine().run(spec("cruncher", "/probe").build()))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("There is no runtime `cruncher`")
                .hasMessageContaining("crun");
    }

    @Test
    void aPathIsTakenFromTheOwnerOfTheStateAlone() {
        assertThatThrownBy(() -> RuntimeName.of("/usr/bin/crun")).hasMessageContaining("is not the name of a runtime");
        assertThatThrownBy(() -> RuntimeName.of("../crun")).hasMessageContaining("is not the name of a runtime");
        assertThat(RuntimeName.ofOwner("/usr/bin/crun")).isInstanceOf(RuntimeName.Program.class);
    }
}
