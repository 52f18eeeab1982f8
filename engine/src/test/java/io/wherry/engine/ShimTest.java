package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Op;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.runtime.RuntimeName;
import io.wherry.testkit.Command;
import io.wherry.testkit.Payload;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** containerd shims: real ones, killed wherever that hurts, and ones that do not keep to the protocol. What every runtime must do, {@link RuntimeContractTest} asks of them too. */
class ShimTest {
    private static final int SIGKILLED = 137;
    private static final int EIO = 5;
    private static final int DIE = 1;
    private static final int FAIL = 2;
    private static final int SHORT_MS = 500;
    private static final int INSTRUCTION = 64;
    private static final int LAST_OPERAND_OF_ASK = 40;
    private static final String NAME = "shimmed";
    private static final Path DEBIAN = Path.of("/usr/bin/containerd-shim-runc-v2");

    private static Yard yard;
    private static Path shims;

    private final List<String> ids = new ArrayList<>();

    @BeforeAll
    static void open() throws IOException {
        yard = new Yard();
        assumeThat(yard.facts().root()).as("shims serve system root only").isTrue();
        Command.requireTool("containerd-shim-runc-v2", "containerd");
        shims = Files.createDirectory(yard.folder().resolve("shims"));
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        yard.launcher().amend(program -> program);
        for (String id : ids) {
            if (yard.engine().containers().stream()
                    .anyMatch(container -> container.id().equals(id))) {
                yard.engine().remove(id, true);
            }
            assertThat(settled(id)).isEmpty();
        }
    }

    /** The kernel may take a moment for what was killed. */
    private static List<String> settled(String id) throws InterruptedException {
        List<String> remains = Remains.ofRemoved(id, NAME, yard.state());
        for (int i = 0; i < 200 && !remains.isEmpty(); i++) {
            Thread.sleep(10);
            remains = Remains.ofRemoved(id, NAME, yard.state());
        }
        return remains;
    }

    /** The monitor cleans up behind the end that it has told; a tool that hangs then has ten seconds. */
    private static void expectNothingRemains(String id) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!Remains.of(id, yard.state()).isEmpty() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(Remains.of(id, yard.state())).isEmpty();
    }

    private static Path cached(String name) {
        String cache = System.getenv(TestImages.CACHE_VARIABLE);
        Path file = Path.of(cache == null ? "/nowhere" : cache, name);
        assumeThat(file).as("made by check --all").exists();
        return file;
    }

    private static Path bad(String word) throws IOException {
        Path link = shims.resolve("containerd-shim-" + word + "-v1");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, Payload.SHIM.path());
        }
        return link;
    }

    private static ContainerSpec.Builder spec(Path shim, String... command) {
        ContainerSpec.Builder spec = yard.spec(NAME, command);
        spec.runtime = Optional.of(RuntimeName.ofOwner(shim.toString()));
        return spec;
    }

    private HostedLauncher.Start run(ContainerSpec.Builder spec) {
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        ids.add(start.id());
        return start;
    }

    private HostedLauncher.Start running(Path shim) throws InterruptedException {
        HostedLauncher.Start start = run(spec(shim, "/bin/sh", "-c", "echo up; exec /probe sleep 600"));
        long end = System.nanoTime() + 20_000_000_000L;
        while (!start.out().equals("up\n")) {
            assertThat(System.nanoTime()).as("it is up: %s", start.err()).isLessThan(end);
            Thread.sleep(10);
        }
        return start;
    }

    private static void await(Container.Status status) throws InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (yard.engine().container(NAME).status() != status) {
            assertThat(System.nanoTime()).as("it is %s", status).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static long shim(String id) throws IOException {
        List<Long> found = new ArrayList<>();
        for (long pid : Remains.pids(id, yard.state())) {
            if (Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains("containerd-shim")) {
                found.add(pid);
            }
        }
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<Path> real() {
        String cache = System.getenv(TestImages.CACHE_VARIABLE);
        Path newest = Path.of(cache == null ? "/nowhere" : cache, "containerd/containerd-shim-runc-v2");
        return Files.exists(newest) ? List.of(DEBIAN, newest) : List.of(DEBIAN);
    }

    @ParameterizedTest
    @MethodSource("real")
    void containerEndsWithItsShimAndStartsAgain(Path shim) throws Exception {
        HostedLauncher.Start start = running(shim);
        ProcessHandle.of(shim(start.id())).orElseThrow().destroyForcibly();
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).reason()).contains("shim lost");
        expectNothingRemains(start.id());
        yard.engine().start(NAME);
        assertThat(yard.engine().container(NAME).status()).isEqualTo(Container.Status.RUNNING);
        yard.engine().stop(NAME, Optional.empty(), OptionalInt.of(0));
        assertThat(yard.engine().container(NAME).exitCode()).hasValue(SIGKILLED);
        assertThat(yard.engine().container(NAME).reason()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("real")
    void containerAndShimEndWithTheirMonitor(Path shim) throws Exception {
        HostedLauncher.Start start = running(shim);
        byte[] started = StateFile.read(
                        yard.state().resolve("volatile/c/" + start.id().substring(0, 12) + "/started"))
                .orElseThrow();
        ProcessHandle.of(KeyValues.parse(started).number("monitor", 0))
                .orElseThrow()
                .destroyForcibly();
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        await(Container.Status.EXITED);
        assertThat(yard.engine().container(NAME).reason()).contains("monitor lost");
    }

    @Test
    void containerIsKilledPastAShimThatDoesNotListen() throws Exception {
        HostedLauncher.Start start = running(DEBIAN);
        Command.of("kill", "-STOP", Long.toString(shim(start.id()))).check();
        yard.engine().kill(NAME, Signal.KILL);
        assertThat(start.await().code()).isEqualTo(SIGKILLED);
        assertThat(yard.engine().container(NAME).reason()).contains("shim lost");
        expectNothingRemains(start.id());
    }

    @Test
    void anotherKernelIsAnotherProgramOfRunc() throws Exception {
        Path runsc = cached("gvisor/runsc");
        Path configuration = Files.createDirectories(yard.folder().resolve("configuration/wherry"));
        Files.writeString(configuration.resolve("config.json"), """
                {"runtimes": {"gvisor": {"runtimeType": "io.containerd.runc.v2", "options": {"BinaryName": "%s"}}}}""".formatted(runsc));
        Command.Result result = wherry("gvisor", "/bin/sh", "-c", "read version </proc/version; echo $version; exit 3")
                .with("XDG_CONFIG_HOME", configuration.getParent().toString())
                .run();
        assertThat(result.exit()).as(result.err()).isEqualTo(3);
        assertThat(result.out()).contains("gvisor");
    }

    private static Command wherry(String runtime, String... command) {
        List<String> words = new ArrayList<>(List.of(
                System.getProperty("wherry.source", "..") + "/dist/bin/wherry",
                "--root",
                yard.state().toString(),
                "run",
                "--rm",
                "--network",
                "none",
                "--runtime",
                runtime,
                "--rootfs",
                yard.rootfs().toString()));
        words.addAll(List.of(command));
        return Command.of(words);
    }

    @Test
    void versionThreeOfTheServiceAndItsStartAreSpoken() throws Exception {
        HostedLauncher.Start start = run(
                spec(cached("containerd/containerd-shim-runc-v2"), "/bin/sh", "-c", "echo out; echo err >&2; exit 7"));
        assertThat(start.await().code()).isEqualTo(7);
        assertThat(start.out()).isEqualTo("out\n");
        assertThat(start.err()).isEqualTo("err\n");
    }

    @ParameterizedTest
    @MethodSource("real")
    void aTerminalIsTheShims(Path shim) {
        ContainerSpec.Builder spec = spec(shim, "/bin/sh", "-c", "/bin/busybox tty; exit 4");
        spec.terminal = true;
        HostedLauncher.Start start = run(spec);
        assertThat(start.await().code()).isEqualTo(4);
        assertThat(start.out()).isEqualTo("/dev/pts/0\r\n");
    }

    @ParameterizedTest
    @MethodSource("real")
    void outputThatIsStillOnItsWayAtTheEndIsKept(Path shim) {
        HostedLauncher.Start start = run(spec(shim, "/bin/sh", "-c", "/bin/busybox seq 1 200000; exit 2"));
        assertThat(start.await().code()).isEqualTo(2);
        assertThat(start.out()).endsWith("199999\n200000\n").hasSize(1288895);
    }

    @Test
    void aNameOfAnyShimOnThePathWillDo() throws IOException, InterruptedException {
        Files.createSymbolicLink(shims.resolve("containerd-shim-other-v1"), DEBIAN);
        Command.Result result = wherry("io.containerd.other.v1", "/probe", "exit", "6")
                .with("PATH", shims + ":" + System.getenv("PATH"))
                .run();
        assertThat(result.exit()).as(result.err()).isEqualTo(6);
    }

    /** The pilot, or what lets the shim start, ends or fails right before it says something to the shim, and around. */
    @ParameterizedTest
    @CsvSource({"1,SHIM", "1,ASK", "1,SPAWN", "2,SHIM", "2,ASK", "2,SPAWN", "1,MONITOR", "2,MONITOR"})
    void killedBetweenTwoCallsItLeavesNothing(int what, String op) throws Exception {
        for (int nth = 0; nth < (op.equals("ASK") ? 3 : 1); nth++) {
            int wanted = nth;
            yard.launcher()
                    .amend(program ->
                            program.withTest(what, find(program, Op.valueOf(op), wanted), what == FAIL ? EIO : 0));
            HostedLauncher.Start start = run(spec(DEBIAN, "/probe", "sleep", "600"));
            HostedLauncher.Outcome outcome = start.await();
            assertThat(outcome.failure().isPresent() || what == DIE).isTrue();
            start.kill();
            yard.launcher().amend(program -> program);
            yard.engine().containers();
            yard.engine().remove(start.id(), true);
            assertThat(settled(start.id())).isEmpty();
        }
    }

    private static int find(KernelProgram program, Op op, int nth) {
        int left = nth;
        for (int at = 0; at < program.first(Assembler.INSIDE) + program.count(Assembler.INSIDE); at++) {
            if (program.instruction(at).op() == op && left-- == 0) {
                return at;
            }
        }
        throw new AssertionError("no " + op);
    }

    /** As compiled, but that no answer may take more than half a second. */
    private static KernelProgram impatient(KernelProgram program) {
        byte[] bytes = program.bytes().clone();
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < program.size(); at++) {
            int place = 128 + INSTRUCTION * at;
            if (program.instruction(at).op() == Op.ASK && words.getLong(place + LAST_OPERAND_OF_ASK) > 0) {
                words.putLong(place + LAST_OPERAND_OF_ASK, SHORT_MS);
            }
        }
        return KernelProgram.parse(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "silent, ETIMEDOUT",
        "garbage, EPROTO",
        "longest, EPROTO",
        "half, ECONNRESET",
        "mute, no address that begins with unix:///",
        "loud, more than 4 KiB of an address",
        "failing, no machine to put it in"
    })
    void whatDoesNotKeepToTheProtocolIsRefusedAndEnded(String word, String why) throws Exception {
        yard.launcher().amend(ShimTest::impatient);
        HostedLauncher.Start start = run(spec(bad(word), "/probe", "exit", "0"));
        HostedLauncher.Outcome outcome = start.await();
        assertThat(outcome.failure()).isPresent();
        FailureReport report =
                yard.engine().report(start.id(), outcome.failure().get());
        assertThat(report.sentence()).contains(why);
        assertThat(report.exitCode()).isEqualTo(125);
        start.leave(125);
    }

    /** What a shim says of pids is believed, and used for nothing that could hurt. */
    @ParameterizedTest
    @ValueSource(strings = {"good", "lying"})
    void theSimplestShimIsAllThatIsNeeded(String word) throws Exception {
        yard.launcher().amend(ShimTest::impatient);
        HostedLauncher.Start start = run(spec(bad(word), "/probe"));
        if (word.equals("lying")) {
            assertThat(start.await().failure()).isPresent();
            start.leave(125);
            return;
        }
        await(Container.Status.RUNNING);
        yard.engine().kill(NAME, Signal.TERM);
        assertThat(start.await().code()).isEqualTo(143);
        assertThat(start.out()).isEqualTo("up\n");
    }

    /** What a shim says of its events is answered while it is waited for; whoever talks nonsense there, or too much, neither stalls nor ends the monitor. */
    @ParameterizedTest
    @ValueSource(strings = {"telling", "babbling", "flooding"})
    void eventsAreTakenWhateverTheyAre(String word) throws Exception {
        HostedLauncher.Start start = run(spec(bad(word), "/probe"));
        await(Container.Status.RUNNING);
        yard.engine().pause(NAME, true);
        yard.engine().pause(NAME, false);
        yard.engine().kill(NAME, Signal.TERM);
        assertThat(start.await().code()).isEqualTo(143);
        assertThat(start.out()).isEqualTo("up\n");
        expectNothingRemains(start.id());
        yard.engine().start(NAME);
        await(Container.Status.RUNNING);
    }

    @Test
    void aDeleteThatHangsIsGivenTenSeconds() throws Exception {
        HostedLauncher.Start start = run(spec(bad("stuck"), "/probe"));
        await(Container.Status.RUNNING);
        yard.engine().kill(NAME, Signal.KILL);
        assertThat(start.await().code()).as("and nobody waits for it").isEqualTo(SIGKILLED);
        expectNothingRemains(start.id());
    }

    /** What would put two containers into one shim, as that finds the one that is there by it. */
    @ParameterizedTest
    @ValueSource(strings = {"io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"})
    void anAnnotationThatSharesAShimIsRefusedByItsName(String annotation) {
        ContainerSpec.Builder spec = spec(DEBIAN, "/probe");
        spec.annotations.put(annotation, "pod");
        assertThat(catchRefusal(spec)).contains("cannot do `--annotation " + annotation + "`");
        spec.runtime = Optional.of(RuntimeName.of("runc"));
        assertThat(run(spec).await().code()).as("and means nothing elsewhere").isZero();
    }

    @Test
    void whereAShimWasLookedForIsSaid() {
        ContainerSpec.Builder spec = yard.spec(NAME, "/probe");
        spec.runtime = Optional.of(RuntimeName.of("io.containerd.none.v9"));
        assertThat(catchRefusal(spec)).contains("containerd-shim-none-v9").contains("/opt/containerd/bin");
        spec.runtime = Optional.of(RuntimeName.of("io.containerd."));
        assertThat(catchRefusal(spec)).contains("is not the name of a containerd shim");
    }

    private static String catchRefusal(ContainerSpec.Builder spec) {
        try {
            yard.engine().run(spec.build());
        } catch (WherryException e) {
            return e.getMessage();
        }
        throw new AssertionError("it was not refused");
    }
}
