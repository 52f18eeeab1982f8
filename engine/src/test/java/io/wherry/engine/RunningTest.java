package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that run while something around them is killed or signalled, and containers that end at once. */
@Tag("user")
class RunningTest {
    private static final int SIGKILLED = 137;
    private static final int QUICK_STARTS = 200;
    private static final int INTERRUPTED_COMMANDS = 15;

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterEach
    void nothingRuns() {
        for (Container container : yard.engine().containers()) {
            try {
                yard.engine().remove(container.id(), true);
            } catch (WherryException e) {
                assertThat(e.kind()).isEqualTo(WherryException.Kind.NOT_FOUND); // its monitor was removing it
            }
            assertThat(Remains.ofRemoved(container.id(), container.name(), yard.state()))
                    .isEmpty();
        }
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    private static HostedLauncher.Start start(ContainerSpec.Builder spec) throws InterruptedException {
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        long end = System.nanoTime() + 10_000_000_000L;
        while (yard.engine().container(start.id()).status() != Container.Status.RUNNING) {
            assertThat(System.nanoTime()).as("it does not run; %s", start.err()).isLessThan(end);
            Thread.sleep(5);
        }
        return start;
    }

    private static long monitor(String id) {
        byte[] started = StateFile.read(yard.state().resolve("volatile/c/" + id.substring(0, 12) + "/started"))
                .orElseThrow();
        return KeyValues.parse(started).number("monitor", 0);
    }

    private static void kill(long pid) throws InterruptedException {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        while (Remains.isAlive(
                pid)) { // its lock is given up before it is a zombie, but after its descriptors can be seen no more
            Thread.sleep(1);
        }
    }

    /** Another command sees the end at once; the kernel may take a moment for what has lost its monitor. */
    private static void expectLost(String id) throws InterruptedException {
        Container container = yard.engine().container(id);
        assertThat(container.status()).as("%s", container.damage()).isEqualTo(Container.Status.EXITED);
        assertThat(container.exitCode()).hasValue(SIGKILLED);
        assertThat(container.reason()).contains("monitor lost");
        List<String> remains = Remains.of(id, yard.state());
        for (int i = 0; i < 100 && !remains.isEmpty(); i++) {
            Thread.sleep(10);
            remains = Remains.of(id, yard.state());
        }
        assertThat(remains).isEmpty();
    }

    @Test
    void containerEndsWithItsMonitor() throws InterruptedException {
        HostedLauncher.Start start = start(yard.spec("lost", "/probe", "sleep", "600"));
        kill(monitor(start.id()));
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        assertThat(start.err()).contains("monitor was lost");
        expectLost(start.id());
    }

    @Test
    void containerOutlivesItsClient() throws InterruptedException {
        HostedLauncher.Start start = start(yard.spec("kept", "/probe", "sleep", "600"));
        start.kill();
        Thread.sleep(100);
        assertThat(yard.engine().container("kept").status()).isEqualTo(Container.Status.RUNNING);
        assertThat(Remains.pids(start.id(), yard.state())).hasSize(2);
    }

    @Test
    void containerEndsWithMonitorAndClient() throws InterruptedException {
        HostedLauncher.Start start = start(yard.spec("both", "/probe", "sleep", "600"));
        long monitor = monitor(start.id());
        start.kill();
        kill(monitor);
        expectLost(start.id());
    }

    @Test
    void removedContainerIsRemovedWithoutItsMonitor() throws InterruptedException {
        ContainerSpec.Builder spec = yard.spec("gone", "/probe", "sleep", "600");
        spec.remove = true;
        HostedLauncher.Start start = start(spec);
        kill(monitor(start.id()));
        start.await();
        yard.engine().containers();
        assertThat(Remains.ofRemoved(start.id(), "gone", yard.state())).isEmpty();
    }

    @Test
    void containerThatWantsTooMuchMemoryIsKilledAndThatIsRecorded() {
        assumeThat(yard.facts().root()).as("control groups that limit memory").isTrue();
        ContainerSpec.Builder spec = yard.spec("hungry", "/probe", "oom", "64");
        spec.memory = 16L << 20;
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        assertThat(yard.engine().container("hungry").outOfMemory()).isTrue();
    }

    /** The launcher starts a report when a program fails; facts that have changed are then found out anew. */
    @Test
    void programThatFailedForFactsThatNoLongerHoldIsCompiledAndRunOnceMore() {
        HostFacts now = yard.facts();
        CgroupLayout gone = new CgroupLayout(List.of(), Optional.of("/sys/fs/cgroup/there-is-no-such-tree"), "");
        HostFacts before = new HostFacts(
                now.bootId(),
                now.kernel(),
                now.privilege(),
                now.capabilities(),
                now.lastCapability(),
                gone,
                now.cpus(),
                now.cpuset(),
                now.memset(),
                now.features(),
                now.nofile());
        StateRoot root = new StateRoot(yard.state(), yard.state().resolve("volatile"));
        CommandEngine stale =
                CommandEngine.open(root, before, yard.launcher(), yard.folder().resolve("images"), "");
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.rootfs = Optional.of(yard.rootfs().toString());
        spec.rootfsOverlay = true;
        spec.name = Optional.of("stale");
        spec.network = Optional.of("none");
        spec.command.addAll(List.of("/probe", "exit", "4"));
        stale.run(spec.build());
        HostedLauncher.Start failed = yard.launcher().last();
        assertThat(failed.await().failure()).isPresent();
        failed.leave(125);
        assertThat(stale.again(failed.id(), Attachment.WHOLE))
                .as("the same facts")
                .isFalse();
        assertThat(yard.engine().again(failed.id(), Attachment.WHOLE))
                .as("other facts")
                .isTrue();
        assertThat(yard.launcher().last().await().code()).isEqualTo(4);
        assertThat(yard.engine().again(failed.id(), Attachment.WHOLE))
                .as("the same program")
                .isFalse();
    }

    @Test
    void nextCommandSeesWhatTheClientSaw() {
        for (int i = 0; i < 50; i++) {
            yard.engine().run(yard.spec("told", "/probe", "exit", "9").build());
            assertThat(yard.launcher().last().await().code()).isEqualTo(9);
            Container container = yard.engine().container("told");
            assertThat(container.status()).as("%s", container.damage()).isEqualTo(Container.Status.EXITED);
            assertThat(container.exitCode()).hasValue(9);
            yard.engine().remove("told", false);
        }
    }

    @Test
    void nameOfDeadContainerIsFreeForTheNextRun() throws InterruptedException {
        ContainerSpec.Builder spec = yard.spec("again", "/probe", "sleep", "600");
        spec.remove = true;
        HostedLauncher.Start start = start(spec);
        kill(monitor(start.id()));
        start.await();
        yard.engine().run(yard.spec("again", "/probe", "exit", "3").build());
        assertThat(yard.launcher().last().await().code()).isEqualTo(3);
    }

    @Test
    void whatAKilledCreationLeftOfItsNameIsCollected() throws IOException {
        Path names = yard.state().resolve("names");
        Files.createDirectories(names);
        Files.createFile(names.resolve("empty")); // as an older release, or a damaged disk, leaves it
        Files.createFile(names.resolve(".new-" + "a".repeat(64)));
        Files.writeString(names.resolve(".new-" + "b".repeat(64)), "b".repeat(64) + "\n");
        yard.engine().run(yard.spec("empty", "/probe", "exit", "4").build());
        assertThat(yard.launcher().last().await().code()).isEqualTo(4);
        assertThat(names).isDirectoryNotContaining("glob:**/.new-*");
        yard.engine().remove("empty", false);
        assertThat(names).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP", "USR1", "QUIT"})
    void signalsOfTheClientReachTheContainer(String signal) throws InterruptedException {
        HostedLauncher.Start start = start(yard.spec("signalled", "/probe", "waitsig"));
        for (int i = 0; i < 500 && !start.out().contains("ready"); i++) {
            Thread.sleep(10);
        }
        Command.of("kill", "-" + signal, Long.toString(start.process().pid())).check();
        assertThat(start.await().code()).isZero();
        assertThat(start.out()).contains(signal);
    }

    @Test
    void quickExitsLoseNeitherCodeNorOutput() {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < QUICK_STARTS; i++) {
            ContainerSpec.Builder spec =
                    yard.spec("quick", "/bin/sh", "-c", "echo out " + i + "; echo err " + i + " >&2; exit " + i % 128);
            spec.remove = true;
            yard.engine().run(spec.build());
            HostedLauncher.Start start = yard.launcher().last();
            HostedLauncher.Outcome outcome = start.await();
            boolean right = outcome.code() == i % 128
                    && start.out().equals("out " + i + "\n")
                    && start.err().equals("err " + i + "\n");
            if (!right) {
                wrong.add(i + ": " + outcome + " `" + start.out() + "` `" + start.err() + "`");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The whole command, killed while its JVM compiles, creates, or has just handed over. */
    @Test
    void commandsKilledEarlyLeaveNothing() throws InterruptedException, IOException {
        String wherry = System.getProperty("wherry.source", "..") + "/dist/bin/wherry";
        Random random = new Random(1);
        for (int i = 0; i < INTERRUPTED_COMMANDS; i++) {
            boolean jvm = i % 2 == 0;
            Process command = Command.of(
                            wherry,
                            "--root",
                            yard.state().toString(),
                            "run",
                            "--name",
                            "early",
                            "--rootfs",
                            yard.rootfs().toString(),
                            "/probe",
                            "sleep",
                            "600")
                    .start();
            Thread.sleep(random.nextInt(160));
            if (jvm) {
                command.children().forEach(ProcessHandle::destroyForcibly);
            } else {
                command.destroyForcibly();
            }
            Thread.sleep(30);
            for (Container container : yard.engine().containers()) {
                yard.engine().remove(container.id(), true);
                assertThat(Remains.ofRemoved(container.id(), container.name(), yard.state()))
                        .isEmpty();
            }
            command.destroyForcibly().waitFor();
            // Its JVM dies with it, and may take a moment for it, in which it still holds a lock.
            long end = System.nanoTime() + 5_000_000_000L;
            do {
                yard.engine().containers();
            } while (yard.state().resolve("names").toFile().list().length > 0 && System.nanoTime() < end);
            assertThat(yard.state().resolve("names")).as("round %d", i).isEmptyDirectory();
            assertThat(yard.state().resolve("containers")).isEmptyDirectory();
        }
    }
}
