package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.host.Privilege;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The library, as a program meets it that runs other things too. */
@Tag("user")
class WherryTest {
    private static final Path BUILT = Path.of(System.getProperty("wherry.source", ".."))
            .toAbsolutePath()
            .normalize()
            .resolve("dist/bin/wherry");
    private static final int MUCH = 3 << 20; // more than a stream keeps
    private static final int THREADS = 8;

    private static Path folder;
    private static Path rootfs;
    private static Wherry wherry;

    @BeforeAll
    static void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "library-").toRealPath();
        rootfs = Files.createDirectories(folder.resolve("rootfs"));
        Files.createDirectory(rootfs.resolve("bin"));
        Command.requireTool("busybox", "busybox-static");
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        for (String name : List.of("sh", "cat", "sleep", "head", "kill", "wc")) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(name), Path.of("busybox"));
        }
        wherry = another();
    }

    @AfterAll
    static void close() {
        wherry.close();
        assertThat(sockets()).isEmpty();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(wherry.containers()).isEmpty();
        for (String name : List.of("state/containers", "state/locks", "state/volatile/c", "state/trash")) {
            assertThat(Leftovers.list(folder.resolve(name)).stream()
                            .filter(path -> String.valueOf(path.getFileName()).matches("[0-9a-f]{12,}"))
                            .toList())
                    .isEmpty();
        }
    }

    private static Wherry another() {
        return Wherry.open(Wherry.Options.DEFAULT.root(folder.resolve("state")).binary(BUILT));
    }

    private static List<Path> sockets() {
        return Leftovers.list(folder.resolve("state/volatile")).stream()
                .filter(path -> String.valueOf(path.getFileName()).startsWith("l-"))
                .toList();
    }

    private static ContainerSpec.Builder shell(String script) {
        return ContainerSpec.ofFolder(rootfs).command("/bin/sh", "-c", script);
    }

    private static String text(java.io.InputStream from) throws IOException {
        return new String(from.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void runsAFolderByItsPath() throws Exception {
        Path box = Files.createDirectory(folder.resolve("box"));
        Command.of("cp", "-a", rootfs.toString(), box.resolve("rootfs").toString())
                .check();
        Files.writeString(
                box.resolve("config.json"),
                "{\"User\": \"7\", \"Cmd\": [\"/bin/busybox\", \"id\", \"-u\"], \"Volumes\": {\"/data\": {}}}");
        PlainFolder plain = PlainFolder.open(box.toString());
        ContainerSpec spec = plain.spec().build();
        plain.makeVolumes(spec);
        try (Box run = wherry.run(spec)) {
            assertThat(text(run.output())).isEqualTo("7\n");
            assertThat(run.await()).isZero();
        }
        assertThat(box.resolve("volumes/data")).isEmptyDirectory();
    }

    @Test
    void outputErrorsAndCodeAreTheContainers() throws IOException {
        try (Box box = wherry.run(shell("echo out; echo $A >&2; exit 7").env("A", "err"))) {
            assertThat(box.await()).isEqualTo(7);
            assertThat(text(box.output())).isEqualTo("out\n");
            assertThat(text(box.errors())).isEqualTo("err\n");
            assertThat(box.logs()).contains("out\n").contains("err\n");
            assertThat(box.await()).isEqualTo(7);
            assertThat(box.inspect().container().name()).isEqualTo(box.name());
        }
    }

    @Test
    void imageOfTheInstallationRuns() throws IOException {
        try (Box box = wherry.run(ContainerSpec.of("hello"))) {
            assertThat(text(box.output())).contains("pid 1");
            assertThat(box.await()).isZero();
        }
    }

    @Test
    void inputArrivesAndItsEndToo() throws IOException {
        byte[] bytes = new byte[MUCH];
        new java.util.Random(1).nextBytes(bytes);
        try (Box box = wherry.run(shell("cat").interactive())) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try (var input = box.input()) {
                    input.write(bytes);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(box.output().readAllBytes()).isEqualTo(bytes);
            assertThat(writer.isAlive()).isFalse();
            assertThat(box.await()).isZero();
        }
    }

    @Test
    void containerWithoutInputSaysSo() {
        try (Box box = wherry.run(shell("sleep 100"))) {
            assertThatThrownBy(box::input).isInstanceOf(WherryException.class).hasMessageContaining("has no input");
        }
    }

    @Test
    void inputThatNobodyReadsHoldsUpNoSignal() throws Exception {
        try (Box box = wherry.run(shell("sleep 100").interactive())) {
            AtomicReference<Exception> met = new AtomicReference<>();
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    box.input().write(new byte[MUCH]);
                } catch (IOException e) {
                    met.set(e);
                }
            });
            box.process().signal(Signal.KILL); // is heard although the input is full
            assertThat(box.await()).isEqualTo(137);
            writer.join();
            assertThat(met.get()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void muchOutputMakesTheContainerWaitForItsReader() throws IOException {
        try (Box box = wherry.run(shell("head -c " + MUCH + " /dev/zero"))) {
            assertThat(box.output().readAllBytes()).hasSize(MUCH);
            assertThat(box.await()).isZero();
        }
    }

    @Test
    void outputThatNobodyAskedForHoldsNobodyUp() throws IOException {
        try (Box box = wherry.run(shell("head -c " + MUCH + " /dev/zero; echo done >&2"))) {
            assertThat(box.await(Duration.ofSeconds(20))).hasValue(0);
            assertThat(text(box.errors())).isEqualTo("done\n");
            assertThatThrownBy(() -> box.output().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was not kept");
        }
        try (Box box = wherry.run(shell("head -c " + MUCH + " /dev/zero >&2; echo done"))) {
            assertThat(text(box.output())).isEqualTo("done\n");
        }
    }

    @Test
    void closedStreamHoldsNobodyUp() throws IOException {
        try (Box box = wherry.run(shell("head -c " + MUCH + " /dev/zero; exit 3"))) {
            box.output().close();
            assertThat(box.await()).isEqualTo(3);
        }
    }

    @Test
    void waitHasAnEnd() {
        try (Box box = wherry.run(shell("sleep 100"))) {
            assertThat(box.await(Duration.ofMillis(50))).isEmpty();
            box.kill(Signal.KILL);
            assertThat(box.await()).isEqualTo(137);
        }
    }

    @Test
    void stopSendsTheSignalAndWaits() {
        try (Box box = wherry.run(shell("trap 'exit 9' TERM; while :; do sleep 0.1; done"))) {
            box.exec("/bin/sh", "-c", "until grep -q SigCgt /proc/1/status; do :; done")
                    .close();
            box.stop();
            assertThat(box.await()).isIn(9, 143);
        }
    }

    @Test
    void executedProcessHasItsOwnStreamsAndCode() throws IOException {
        try (Box box = wherry.run(shell("sleep 100"))) {
            try (AttachedProcess process = box.exec("/bin/sh", "-c", "echo out; echo err >&2; exit 5")) {
                assertThat(text(process.output())).isEqualTo("out\n");
                assertThat(text(process.errors())).isEqualTo("err\n");
                assertThat(process.await()).isEqualTo(5);
            }
            try (AttachedProcess process =
                    box.exec(new ExecSpec.Builder().command("/bin/cat").interactive())) {
                process.input().write("there and back".getBytes(StandardCharsets.UTF_8));
                process.input().close();
                assertThat(text(process.output())).isEqualTo("there and back");
                assertThat(process.await()).isZero();
            }
            try (AttachedProcess process = box.exec("/bin/sleep", "100")) {
                process.signal(Signal.KILL);
                assertThat(process.await()).isEqualTo(137);
            }
            assertThatThrownBy(() -> box.exec("/no/such"))
                    .isInstanceOfSatisfying(
                            WherryException.class,
                            e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.FAILED_PRECONDITION))
                    .hasMessageContaining("`/no/such` was not found");
        }
    }

    @Test
    void onlookersSeeTheSame() throws IOException {
        try (Box box = wherry.run(shell("read line; echo $line").interactive().name("shown"));
                AttachedProcess other = wherry.attach("shown")) {
            box.input().write("seen\n".getBytes(StandardCharsets.UTF_8));
            assertThat(text(other.output())).isEqualTo("seen\n");
            assertThat(text(box.output())).isEqualTo("seen\n");
            assertThat(other.await()).isZero();
        }
    }

    @Test
    void detachedBoxHasOnlyItsLog() {
        try (Box box = wherry.run(shell("echo logged; exit 4").detached())) {
            assertThat(box.await()).isEqualTo(4);
            assertThat(box.logs()).isEqualTo("logged\n");
            assertThatThrownBy(box::output).isInstanceOf(WherryException.class).hasMessageContaining("detached");
        }
    }

    @Test
    void containerThatRemovesItselfIsClosedToo() {
        try (Box box = wherry.run(shell("exit 2").remove())) {
            assertThat(box.await()).isEqualTo(2);
        }
    }

    @Test
    void whatCannotStartLeavesNothing() {
        assertThatThrownBy(() -> wherry.run(ContainerSpec.ofFolder(rootfs).command("/no/such")))
                .isInstanceOfSatisfying(
                        WherryException.class,
                        e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.FAILED_PRECONDITION))
                .hasMessageContaining("`/no/such` was not found");
        assertThatThrownBy(() -> wherry.run(ContainerSpec.ofFolder(Path.of("/no/such"))))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.NOT_FOUND));
    }

    @Test
    void interruptEndsTheWaitAndTheBlockStillCleansUp() throws InterruptedException {
        AtomicReference<WherryException> met = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Box box = wherry.run(shell("sleep 100"))) {
                Thread.currentThread().interrupt();
                box.await();
            } catch (WherryException e) {
                met.set(e);
            }
        });
        thread.join();
        assertThat(met.get().kind()).isEqualTo(WherryException.Kind.INTERRUPTED);
        assertThat(met.get().getSuppressed()).isEmpty();
    }

    @Test
    void twoEnginesShareARoot() throws IOException {
        try (Wherry second = another();
                Box mine = wherry.run(shell("sleep 100").name("mine"));
                Box others = second.run(shell("sleep 100").name("others"))) {
            assertThat(second.containers()).hasSize(2);
            try (AttachedProcess process = second.exec("mine", ExecSpec.of("/bin/sh", "-c", "echo here"))) {
                assertThat(text(process.output())).isEqualTo("here\n");
            }
            assertThatThrownBy(() -> second.run(shell("exit 0").name("mine")))
                    .isInstanceOfSatisfying(
                            WherryException.class,
                            e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.ALREADY_EXISTS));
            assertThat(mine.id()).isNotEqualTo(others.id());
        }
    }

    @Test
    void closedEngineLeavesContainersAlone() {
        Wherry second = another();
        Box box = second.run(shell("sleep 100").name("kept"));
        second.close();
        assertThat(wherry.container("kept").status()).isEqualTo(Container.Status.RUNNING);
        assertThatThrownBy(() -> second.run(shell("exit 0")))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("closed");
        box.process().signal(Signal.KILL);
        assertThat(box.await()).isEqualTo(137);
        wherry.remove("kept", true);
    }

    @Test
    void virtualThreadsHaveAContainerEach() throws Exception {
        List<Future<String>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < THREADS; i++) {
                String word = "number " + i;
                all.add(threads.submit(() -> {
                    try (Box box = wherry.run(shell("cat; exit 0").interactive());
                            AttachedProcess process = box.exec("/bin/sh", "-c", "echo " + word)) {
                        box.input().write(text(process.output()).getBytes(StandardCharsets.UTF_8));
                        box.input().close();
                        String said = text(box.output());
                        return box.await() + " " + said;
                    }
                }));
            }
        }
        for (int i = 0; i < THREADS; i++) {
            assertThat(all.get(i).get()).isEqualTo("0 number " + i + "\n");
        }
    }

    @Test
    void killedLauncherHarmsNoContainer() throws IOException {
        try (Wherry second = another();
                Box box = second.run(shell("cat").interactive())) {
            try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
                children.filter(child -> child.info().command().orElse("").endsWith("/wherry"))
                        .peek(ProcessHandle::destroyForcibly)
                        .forEach(child -> child.onExit().join());
            }
            try (Box next = second.run(shell("exit 6"))) {
                assertThat(next.await()).isEqualTo(6);
            }
            box.input().write("still here".getBytes(StandardCharsets.UTF_8));
            box.input().close();
            assertThat(text(box.output())).isEqualTo("still here");
        }
    }

    @Test
    void jvmAroundItIsLeftAlone() throws Exception {
        String caught = signals();
        PrintStream out = System.out;
        try (Box box = wherry.run(shell("echo nobody sees this"))) {
            box.await();
        }
        assertThat(signals()).isEqualTo(caught);
        assertThat(System.out).isSameAs(out);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !thread.isDaemon() && thread.getName().contains("wherry"))
                .isEmpty();
    }

    /** What the kernel knows of this process: signals caught, ignored, blocked. */
    private static String signals() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return String.join(
                    "\n",
                    lines.filter(line -> line.startsWith("SigCgt") || line.startsWith("SigIgn"))
                            .toList());
        }
    }

    @Test
    void limitsAreThoseOfTheCommand() throws IOException {
        if (!(wherry.facts().privilege() instanceof Privilege.Root)) {
            return; // a user has no control groups here
        }
        try (Box box = wherry.run(shell("sleep 100").memory(64 << 20).cpus(0.5))) {
            assertThat(box.inspect().container().spec().memory()).isEqualTo(64 << 20);
            assertThat(wherry.stats(box.name())).isPresent();
        }
    }
}
