package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Step;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise "explain shows exactly what run executes", for hosts of every kind: the bytes are the same, nothing names the host behind the change of root, and
 * the text is kept in {@code src/test/golden} where people review it ({@code WHERRY_GOLDEN=write} writes it anew).
 */
class ExplainTest {
    private static final ContainerId ID = new ContainerId("0123456789abcdef".repeat(4));
    private static final String NAME = "pinned";

    @TempDir
    private Path folder;

    private Path source() throws IOException {
        return Files.createDirectories(folder.resolve("host-source"));
    }

    private ContainerSpec spec(Facts host) throws IOException {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.name = Optional.of(NAME);
        spec.command.addAll(List.of("sh", "-c", "true"));
        spec.terminal = true;
        spec.readOnly = true;
        spec.workdir = Optional.of("/src");
        spec.mounts.add(new MountSpec(MountSpec.Type.BIND, Optional.of(source().toString()), "/src", List.of("ro")));
        spec.mounts.add(new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/tmp", List.of("size=1m")));
        spec.sysctls.put("net.ipv4.ip_forward", "0");
        spec.ulimits.add("nofile=100:200");
        spec.init = true;
        spec.network = Optional.of("none");
        if (host != Facts.USER_SINGLE) {
            spec.memory = 64L << 20;
            spec.cpuQuota = 50_000;
            spec.cpuPeriod = 100_000;
            spec.pidsLimit = 100;
        }
        return spec.build();
    }

    private StateRoot root() {
        return new StateRoot(folder.resolve("state"), folder.resolve("volatile"));
    }

    private Creation creation(Facts host) {
        Storage storage = Storage.of(root(), host.facts(), new NoLauncher(), "", new Configuration.OfHost());
        ContainerFiles files = new ContainerFiles(root(), host.facts().bootId());
        return new Creation(
                root(),
                files,
                host.facts(),
                new ImageCatalog(storage, new NoLauncher(), Path.of("/none")),
                new Runtimes(new Configuration.OfHost()));
    }

    private ContainerRoot from(Facts host) {
        return new ContainerRoot(
                ExecutionDefaults.NONE,
                new Rootfs.Throwaway(folder.resolve("rootfs").toString(), host.user()),
                Optional.empty(),
                "folder",
                AccountFiles.NONE,
                Optional.empty());
    }

    private Creation.NetworkChoice none(Facts host) throws IOException {
        return new Networks(root(), host.facts()).claim(spec(host), ID);
    }

    private Creation.Compiled compiled(Facts host) throws IOException {
        return creation(host).compile(spec(host), from(host), ID, NAME, none(host));
    }

    @ParameterizedTest
    @EnumSource
    void explainedAndCreatedProgramsAreTheSameBytes(Facts host) throws IOException {
        byte[] explained = compiled(host).program().bytes();
        byte[] created = creation(host)
                .create(spec(host), from(host), ID, none(host), true)
                .bytes();
        assertThat(created).isEqualTo(explained);
        assertThat(Files.readAllBytes(root().containers().resolve(ID.text()).resolve("program")))
                .isEqualTo(explained);
    }

    @ParameterizedTest
    @EnumSource
    void compilationIsPure(Facts host) throws IOException {
        assertThat(compiled(host).program().bytes())
                .isEqualTo(compiled(host).program().bytes());
    }

    @ParameterizedTest
    @EnumSource
    void nothingNamesTheHostBehindTheChangeOfRoot(Facts host) throws IOException {
        List<String> inside = strand(compiled(host).program(), Assembler.INSIDE);
        int switched = indexOf(inside, "pivot_root(");
        assertThat(inside.subList(0, switched)).anyMatch(line -> line.contains(folder.toString()));
        assertThat(inside.subList(switched, inside.size())).noneMatch(line -> line.contains(folder.toString()));
        for (String line : inside.subList(switched, inside.size())) {
            boolean resolvedInside =
                    line.startsWith("EXEC(") || line.startsWith("WORKDIR(") || line.startsWith("symlinkat(");
            if (!resolvedInside) {
                assertThat(line.replace("\"/\"", "")).doesNotContain("\"/");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void descriptorsAreClosedRightBeforeTheProgramIsExecuted(Facts host) throws IOException {
        List<String> inside = strand(compiled(host).program(), Assembler.INSIDE);
        int executed = indexOf(inside, "EXEC(");
        assertThat(inside.get(executed - 1)).isEqualTo("close_range(3, 0xffffffff, 4)");
        assertThat(inside.subList(executed, inside.size()))
                .allMatch(line -> line.startsWith("EXEC(") || line.startsWith("FAIL("));
    }

    @ParameterizedTest
    @EnumSource
    void everyStepDescribesItselfInOneLine(Facts host) throws IOException {
        Plan plan = compiled(host).plan();
        for (int strand = 0; strand < 8; strand++) {
            for (Step step : plan.steps(strand)) {
                assertThat(step.describe())
                        .as(step.name())
                        .isNotBlank()
                        .doesNotContain("\n")
                        .doesNotEndWith(".");
                assertThat(step.describe().charAt(0)).as(step.describe()).matches(Character::isLowerCase);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyInstructionBelongsToAnExplainedStep(Facts host) throws IOException {
        Creation.Compiled compiled = compiled(host);
        String text = new Explanation(compiled.plan(), compiled.program()).text(true, false);
        for (int i = 0; i < compiled.program().size(); i++) {
            assertThat(text).contains("          " + i + "  " + Disassembler.print(compiled.program(), i) + "\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void reasonsAndManualPagesStandBelowEachStep(Facts host) throws IOException {
        Creation.Compiled compiled = compiled(host);
        String text = new Explanation(compiled.plan(), compiled.program()).text(false, true);
        String indent = "\n          ";
        assertThat(text)
                .contains("switch the root to rootfs and detach the host's" + indent
                        + "With chroot alone the host's tree would stay reachable; here it is not in the namespace any more."
                        + indent + "move_mount(2), fchdir(2), pivot_root(2), umount2(2), chdir(2)\n");
        for (Step step : compiled.plan().steps(Assembler.INSIDE)) {
            assertThat(text).contains("  " + step.describe() + indent + step.why() + "\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void explanationReadsAsItDid(Facts host) throws IOException {
        Creation.Compiled compiled = compiled(host);
        String text = new Explanation(compiled.plan(), compiled.program())
                .text(false, false)
                .replace(folder.toString(), "FOLDER")
                .replaceAll(", \\d+ bytes\n$", "\n"); // depends on the length of the folder's name
        Golden.check("explain-" + host.name().toLowerCase(java.util.Locale.ROOT) + ".txt", text);
    }

    @Test
    void aLimitThatNothingKeepsIsRefusedByName() {
        ContainerSpec.Builder spec = ContainerSpec.of("x").command("true").network("none");
        for (long limit : new long[] {-1, 2}) {
            spec.pidsLimit = limit;
            ThrowingCallable compile = () -> creation(Facts.USER_SINGLE)
                    .compile(
                            spec.build(),
                            from(Facts.USER_SINGLE),
                            ID,
                            NAME,
                            new Networks(root(), Facts.USER_SINGLE.facts()).claim(spec.build(), ID));
            if (limit < 0) {
                assertThatCode(compile).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(compile)
                        .isInstanceOf(WherryException.class)
                        .hasMessageContaining("Cannot limit the number of processes");
            }
        }
    }

    private static List<String> strand(KernelProgram program, int strand) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < program.count(strand); i++) {
            lines.add(Disassembler.print(program, program.first(strand) + i));
        }
        return lines;
    }

    private static int indexOf(List<String> lines, String start) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError("no " + start + " in " + lines);
    }
}
