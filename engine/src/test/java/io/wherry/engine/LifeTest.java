package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The states of a container and the ways between them, with nobody attending but its monitor. */
@Tag("user")
@Timeout(60)
class LifeTest {
    private static final int SIGKILLED = 137;
    private static final int SIGTERMED = 143;
    private static final int KILLS = 20;

    /** A sample, or with WHERRY_ALL the whole. */
    private static final Duration STOOD_STILL =
            System.getenv("WHERRY_ALL") == null ? Duration.ofSeconds(3) : Duration.ofMinutes(10);

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterEach
    void nothingIsLeft() {
        for (Container container : yard.engine().containers()) {
            yard.engine().remove(container.id(), true);
            assertThat(Remains.ofRemoved(container.id(), container.name(), yard.state()))
                    .isEmpty();
        }
        assertThat(yard.state().resolve("names")).isEmptyDirectory();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    /** Ends by SIGTERM, and at once. */
    private static ContainerSpec.Builder server() {
        ContainerSpec.Builder spec = yard.spec("box", "/bin/busybox", "sleep", "600");
        spec.init = true; // without it a first process ignores what it does not handle
        return spec;
    }

    private static ContainerSpec.Builder failing(String policy, String code) {
        ContainerSpec.Builder spec = yard.spec("box", "/probe", "exit", code);
        spec.restart = Optional.of(RestartPolicy.parse(policy));
        return spec;
    }

    private static void started(ContainerSpec.Builder spec) {
        yard.engine().create(spec.build());
        yard.engine().start("box");
    }

    private static Container box() {
        return yard.engine().container("box");
    }

    private static KeyValues record(String name) {
        Path file = yard.state().resolve("volatile/c/" + box().id().substring(0, 12) + "/" + name);
        return KeyValues.parse(StateFile.read(file).orElse(new byte[0]));
    }

    private static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void expectRefusal(Runnable what, WherryException.Kind kind, String words) {
        assertThatThrownBy(what::run)
                .isInstanceOf(WherryException.class)
                .hasMessageContaining(words)
                .extracting(e -> ((WherryException) e).kind())
                .isEqualTo(kind);
    }

    @Test
    void itIsCreatedStartedStoppedAndStartedAgain() {
        yard.engine().create(server().build());
        assertThat(box().status()).isEqualTo(Container.Status.CREATED);
        yard.engine().start("box");
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        yard.engine().start("box");
        yard.engine().stop("box", Optional.empty(), OptionalInt.empty());
        assertThat(box().status()).isEqualTo(Container.Status.EXITED);
        assertThat(box().exitCode()).hasValue(SIGTERMED);
        assertThat(box().stopped()).isTrue();
        yard.engine().stop("box", Optional.empty(), OptionalInt.empty());
        yard.engine().start("box");
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        assertThat(box().exitCode()).isEmpty();
        long before = record("started").number("monitor", 0);
        yard.engine().restart("box", Optional.empty(), OptionalInt.of(0));
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        assertThat(record("started").number("monitor", 0)).isNotEqualTo(before);
    }

    @Test
    void oneThatIgnoresTheSignalIsKilledWhenTheTimeIsOver() {
        started(yard.spec("box", "/bin/sh", "-c", "trap '' TERM; while :; do /bin/busybox sleep 1; done"));
        yard.engine().stop("box", Optional.empty(), OptionalInt.of(0));
        assertThat(box().exitCode()).hasValue(SIGKILLED);
    }

    @Test
    void itsOwnStopSignalIsSent() {
        ContainerSpec.Builder spec = server();
        spec.stopSignal = Optional.of("USR1");
        started(spec);
        yard.engine().stop("box", Optional.empty(), OptionalInt.of(30));
        assertThat(box().exitCode()).hasValue(138);
    }

    @Test
    void signalsReachOnlyWhatRuns() {
        started(server());
        yard.engine().kill("box", Signal.parse("WINCH"));
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        yard.engine().kill("box", Signal.KILL);
        assertThat(box().exitCode()).hasValue(SIGKILLED);
        expectRefusal(
                () -> yard.engine().kill("box", Signal.KILL),
                WherryException.Kind.FAILED_PRECONDITION,
                "`box` is not running");
    }

    @Test
    void frozenProcessesStandStillAndCanBeStopped() {
        assumeThat(yard.facts().root()).as("control groups that freeze").isTrue();
        ContainerSpec.Builder spec =
                yard.spec("box", "/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/count; done");
        spec.rootfsOverlay = false;
        started(spec);
        Path count = yard.rootfs().resolve("count");
        until("it counts", () -> Files.exists(count));
        yard.engine().pause("box", true);
        assertThat(box().status()).isEqualTo(Container.Status.PAUSED);
        byte[] first = StateFile.read(count).orElseThrow();
        assertThat(StateFile.read(count).orElseThrow()).isEqualTo(first);
        expectRefusal(
                () -> yard.engine().pause("box", true), WherryException.Kind.FAILED_PRECONDITION, "paused already");
        expectRefusal(() -> yard.engine().start("box"), WherryException.Kind.FAILED_PRECONDITION, "is paused");
        yard.engine().pause("box", false);
        until(
                "it goes on",
                () -> !new String(StateFile.read(count).orElseThrow(), StandardCharsets.US_ASCII)
                        .equals(new String(first, StandardCharsets.US_ASCII)));
        expectRefusal(() -> yard.engine().pause("box", false), WherryException.Kind.FAILED_PRECONDITION, "not paused");
        yard.engine().pause("box", true);
        yard.engine().stop("box", Optional.empty(), OptionalInt.of(0));
        assertThat(box().exitCode()).hasValue(SIGKILLED);
        StateFile.remove(count);
    }

    /** As commit and clone do; their connection ends with them, however they end. */
    @Test
    void whoIsPausedForATimeGoesOnBehindItUnlessAUserPausedIt() throws IOException {
        assumeThat(yard.facts().root()).as("control groups that freeze").isTrue();
        started(server());
        ContainerId id = new ContainerId(box().id());
        Path monitor = yard.state().resolve("volatile/c/" + id.abbreviated());
        MonitorClient killed = MonitorClient.connect(monitor, MonitorClient.PATIENCE_MILLIS);
        killed.hold();
        try (Stillness _ = yard.engine().control.hold(id)) {
            killed.close();
            assertThat(box().status()).isEqualTo(Container.Status.PAUSED);
        }
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        killed = MonitorClient.connect(monitor, MonitorClient.PATIENCE_MILLIS);
        killed.hold();
        killed.close();
        until("it goes on", () -> box().status() == Container.Status.RUNNING);
        try (Stillness _ = yard.engine().control.hold(id)) {
            yard.engine().pause("box", true);
        }
        try (Stillness _ = yard.engine().control.hold(id)) {
            assertThat(box().status()).isEqualTo(Container.Status.PAUSED);
        }
        assertThat(box().status()).isEqualTo(Container.Status.PAUSED);
        try (Stillness _ = yard.engine().control.hold(id)) {
            yard.engine().pause("box", false);
            yard.engine().pause("box", true);
        }
        assertThat(box().status()).isEqualTo(Container.Status.PAUSED);
    }

    /** Until the new life executes, the exit of the one before is there, and the lock is held. */
    @Test
    void whatStartsIsNotTakenForWhatEnds() throws InterruptedException {
        started(server());
        Path exit = yard.state().resolve("containers/" + box().id() + "/exit");
        StateFile.write(exit, "code 0\n".getBytes(StandardCharsets.US_ASCII));
        Thread removal = new Thread(() -> expectRefusal(
                () -> yard.engine().remove("box", false), WherryException.Kind.FAILED_PRECONDITION, "is running"));
        Throwable[] problem = {null};
        removal.setUncaughtExceptionHandler((thread, e) -> problem[0] = e);
        removal.start();
        Thread.sleep(300);
        assertThat(removal.isAlive()).isTrue();
        StateFile.remove(exit);
        removal.join();
        assertThat(problem[0]).isNull();
    }

    @Test
    void whoIsKilledWhilePausedIsNeverFoundRunning() throws InterruptedException {
        assumeThat(yard.facts().root()).as("control groups that freeze").isTrue();
        yard.engine().create(server().build());
        for (int i = 0; i < KILLS; i++) {
            yard.engine().start("box");
            yard.engine().pause("box", true);
            Thread killer = new Thread(() -> yard.engine().kill("box", Signal.KILL));
            killer.start();
            Container.Status status = Container.Status.PAUSED;
            while (status != Container.Status.EXITED) {
                assertThat(status).isEqualTo(Container.Status.PAUSED);
                status = box().status();
            }
            killer.join();
        }
    }

    @Test
    void failureIsFollowedByStartsOfTheSameMonitorUntilThereAreEnough() {
        started(failing("on-failure:3", "5"));
        until("it is left down", () -> box().status() == Container.Status.EXITED);
        assertThat(box().exitCode()).hasValue(5);
        assertThat(box().restarts()).isEqualTo(3);
        assertThat(box().stopped()).isFalse();
    }

    @Test
    void successIsNoFailure() {
        started(failing("on-failure", "0"));
        until("it is left down", () -> box().status() == Container.Status.EXITED);
        assertThat(box().restarts()).isZero();
    }

    @Test
    void whatIsStoppedBetweenTwoStartsStaysDown() {
        started(failing("always", "0"));
        until("it waits for its next start", () -> box().status() == Container.Status.RESTARTING);
        yard.engine().stop("box", Optional.empty(), OptionalInt.empty());
        assertThat(box().status()).isEqualTo(Container.Status.EXITED);
        assertThat(box().stopped()).isTrue();
    }

    @Test
    void lossOfAMonitorThatWaitsIsTold() {
        started(failing("always", "0"));
        until("it waits a little longer", () -> box().restarts() >= 2 && box().status() == Container.Status.RESTARTING);
        kill(record("started").number("monitor", 0));
        assertThat(box().status()).isEqualTo(Container.Status.EXITED);
        assertThat(box().reason()).contains("monitor lost");
        assertThat(Remains.of(box().id(), yard.state())).isEmpty();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        until("it is dead", () -> !Remains.isAlive(pid));
    }

    @Test
    void programThatIsGoneAtARestartIsAFailureLikeAnother() throws IOException {
        Path program = yard.rootfs().resolve("once");
        Files.writeString(program, "#!/bin/sh\n/bin/busybox rm /once\nexit 3\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        ContainerSpec.Builder spec = yard.spec("box", "/once");
        spec.rootfsOverlay = false;
        spec.restart = Optional.of(RestartPolicy.parse("on-failure:2"));
        started(spec);
        until("it is left down", () -> box().status() == Container.Status.EXITED);
        assertThat(box().exitCode()).hasValue(127);
        assertThat(box().restarts()).isEqualTo(2);
    }

    @Test
    void twoStartsAtOnceAreOne() throws InterruptedException {
        yard.engine().create(server().build());
        List<Throwable> problems = new ArrayList<>();
        Thread[] starts = new Thread[4];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = new Thread(() -> {
                try {
                    yard.engine().start("box");
                } catch (WherryException e) {
                    synchronized (problems) {
                        problems.add(e);
                    }
                }
            });
            starts[i].start();
        }
        for (Thread start : starts) {
            start.join();
        }
        assertThat(box().status()).as("%s", problems).isEqualTo(Container.Status.RUNNING);
        assertThat(Remains.pids(box().id(), yard.state())).as("%s", problems).isNotEmpty();
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void monitorThatStoodStillHasLostNothing() throws IOException, InterruptedException {
        int lines = 20_000;
        started(yard.spec(
                "box",
                "/bin/sh",
                "-c",
                "i=0; while [ $i -lt " + lines + " ]; do echo line $i; i=$((i+1)); done; exit 3"));
        String monitor = Long.toString(record("started").number("monitor", 0));
        Command.of("kill", "-STOP", monitor).check();
        Thread.sleep(STOOD_STILL); // as somebody's debugger would hold it
        assertThat(box().status()).isEqualTo(Container.Status.RUNNING);
        Command.of("kill", "-CONT", monitor).check();
        assertThat(yard.engine().await("box", Until.NOT_RUNNING)).isEqualTo(3);
        try (Stream<String> log = Files.lines(yard.state().resolve("containers/" + box().id() + "/log"))) {
            int[] seen = {0};
            log.forEach(line -> assertThat(line).startsWith("{\"log\":\"line " + seen[0]++ + "\\n\""));
            assertThat(seen[0]).isEqualTo(lines);
        }
        System.out.printf("a monitor stood still for %d s: %d lines, all there%n", STOOD_STILL.toSeconds(), lines);
    }

    @Test
    void waitingTellsTheCodeOfTheEnd() throws InterruptedException {
        started(server());
        int[] codes = {-1, -1, -1};
        Thread[] waiting = new Thread[3];
        for (Until until : Until.values()) {
            int i = until.ordinal();
            waiting[i] = new Thread(() -> codes[i] = yard.engine().await("box", until));
            waiting[i].start();
        }
        yard.engine().kill("box", Signal.parse("USR1"));
        waiting[0].join();
        waiting[1].join();
        assertThat(waiting[2].isAlive()).isTrue();
        yard.engine().remove("box", false);
        waiting[2].join();
        assertThat(codes).containsOnly(138);
    }

    @Test
    void anotherNameIsTakenAndTheOldOneIsFree() {
        yard.engine().create(server().build());
        yard.engine().rename("box", "crate");
        assertThat(yard.engine().container("crate").name()).isEqualTo("crate");
        expectRefusal(() -> box(), WherryException.Kind.NOT_FOUND, "`box`");
        yard.engine().create(server().build());
        expectRefusal(
                () -> yard.engine().rename("box", "crate"), WherryException.Kind.ALREADY_EXISTS, "`crate` is taken");
        expectRefusal(() -> yard.engine().rename("box", "a/b"), WherryException.Kind.INVALID, "a/b");
    }

    @Test
    void renameThatWasCutShortLeavesTheNameThatTheRecordSays() {
        String id = yard.engine().create(server().build());
        for (String name : List.of("half", "another")) {
            StateFile.write(
                    yard.state().resolve("names").resolve(name), (id + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        yard.engine().containers();
        assertThat(yard.state().resolve("names").toFile().list()).containsExactly("box");
        assertThat(box().id()).isEqualTo(id);
    }

    @Test
    void damagedContainerKeepsItsNamesAndStopsNoListing() {
        String id = yard.engine().create(server().build());
        StateFile.write(yard.state().resolve("names/half"), (id + "\n").getBytes(StandardCharsets.US_ASCII));
        StateFile.write(yard.state().resolve("containers").resolve(id).resolve("container.json"), new byte[] {'{'});
        assertThat(yard.engine().containers())
                .singleElement()
                .satisfies(box -> assertThat(box.status()).isEqualTo(Container.Status.DAMAGED));
        assertThat(yard.state().resolve("names").toFile().list()).containsExactlyInAnyOrder("box", "half");
        yard.engine().remove("box", true);
    }

    @Test
    void limitsChangeWhileItRunsAndStay() throws IOException {
        assumeThat(yard.facts().root()).as("control groups that limit").isTrue();
        ContainerSpec.Builder spec = server();
        spec.memory = 0;
        started(spec);
        yard.engine().update("box", change -> {
            change.memory = 64 << 20;
            change.pidsLimit = 77;
            change.restart = Optional.of(RestartPolicy.parse("always"));
        });
        assertThat(limit("memory", "memory.limit_in_bytes", "memory.max")).isEqualTo(Integer.toString(64 << 20));
        assertThat(limit("pids", "pids.max", "pids.max")).isEqualTo("77");
        assertThat(limit("memory", "cgroup.procs", "cgroup.procs").lines())
                .contains(Long.toString(box().pid().orElseThrow()));
        kill(box().pid().orElseThrow());
        until("it was started again", () -> box().restarts() == 1 && box().status() == Container.Status.RUNNING);
        yard.engine().restart("box", Optional.empty(), OptionalInt.of(0));
        assertThat(limit("memory", "memory.limit_in_bytes", "memory.max")).isEqualTo(Integer.toString(64 << 20));
        assertThat(box().spec().pidsLimit()).isEqualTo(77);
    }

    private static String limit(String controller, String first, String second) throws IOException {
        boolean v1 = yard.facts().cgroups().hierarchy(controller).isPresent();
        String hierarchy = v1
                ? yard.facts().cgroups().hierarchy(controller).orElseThrow().path()
                : yard.facts().cgroups().unified().orElseThrow();
        return Files.readString(Path.of(hierarchy, "wherry", box().id(), v1 ? first : second))
                .strip();
    }

    @Test
    void bootStartsWhatShouldRunAndOnlyAfterAReboot() {
        started(failing("unless-stopped", "0"));
        until("it was started again", () -> box().restarts() >= 1);
        kill(record("started").number("monitor", 0));
        assertThat(box().status()).isEqualTo(Container.Status.EXITED);
        assertThat(yard.engine().boot()).isEmpty();
        Path exit = yard.state().resolve("containers/" + box().id() + "/exit");
        String text = new String(StateFile.read(exit).orElseThrow(), StandardCharsets.US_ASCII);
        assertThat(text).contains("boot " + yard.facts().bootId());
        StateFile.write(
                exit, text.replace(yard.facts().bootId(), "an-earlier-one").getBytes(StandardCharsets.US_ASCII));
        assertThat(yard.engine().boot()).containsExactly(new Engine.Booted("box", ""));
        assertThat(box().status().isAttended()).isTrue();
    }

    @Test
    void bootLeavesDownWhatAUserStopped() {
        started(failing("unless-stopped", "0"));
        until("it waits", () -> box().status() == Container.Status.RESTARTING);
        yard.engine().stop("box", Optional.empty(), OptionalInt.empty());
        until("its monitor has gone", () -> Remains.of(box().id(), yard.state()).isEmpty());
        Path exit = yard.state().resolve("containers/" + box().id() + "/exit");
        String text = new String(StateFile.read(exit).orElseThrow(), StandardCharsets.US_ASCII);
        StateFile.write(
                exit, text.replace(yard.facts().bootId(), "an-earlier-one").getBytes(StandardCharsets.US_ASCII));
        assertThat(yard.engine().boot()).isEmpty();
    }

    @Test
    void whatIsRemovedAtItsEndIsNotStartedAgain() {
        ContainerSpec.Builder spec = failing("always", "0");
        spec.remove = true;
        expectRefusal(
                () -> yard.engine().create(spec.build()), WherryException.Kind.INVALID, "cannot be started again");
    }

    @Test
    void createdOneThatIsToBeRemovedIsThereUntilItHasRun() {
        ContainerSpec.Builder spec = yard.spec("box", "/probe", "exit", "0");
        spec.remove = true;
        String id = yard.engine().create(spec.build());
        assertThat(box().status()).isEqualTo(Container.Status.CREATED);
        yard.engine().start("box");
        until("it is gone", () -> Remains.ofRemoved(id, "box", yard.state()).isEmpty());
    }
}
