package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.kernel.devices.DeviceProgram;
import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import io.wherry.oci.DeviceRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Device rules of a version 2 group, on this kernel: where it has the tree beside version 1, containers are compiled as if that were all it had. */
class DeviceRulesTest {
    private static final int EPERM = 1;

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard(DeviceRulesTest::withTheTreeAlone);
        assumeThat(yard.facts().deviceRules())
                .as("system root with a version 2 tree that takes device rules")
                .isTrue();
    }

    private static HostFacts withTheTreeAlone(HostFacts here) {
        CgroupLayout tree = new CgroupLayout(
                List.of(), here.cgroups().unified(), here.cgroups().unifiedControllers());
        return new HostFacts(
                here.bootId(),
                here.kernel(),
                here.privilege(),
                here.capabilities(),
                here.lastCapability(),
                tree,
                here.cpus(),
                here.cpuset(),
                here.memset(),
                here.features(),
                here.nofile());
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    private static String run(ContainerSpec.Builder spec) {
        HostedLauncher.Start start = start(spec);
        assertThat(start.await().failure()).isEmpty();
        yard.engine().remove(start.id(), false);
        assertThat(Remains.of(start.id(), yard.state())).isEmpty();
        return start.out() + start.err();
    }

    private static HostedLauncher.Start start(ContainerSpec.Builder spec) {
        spec.rootfs = Optional.of(yard.rootfs().toString());
        spec.rootfsOverlay = true;
        spec.network = Optional.of("none");
        yard.engine().run(spec.build());
        return yard.launcher().last();
    }

    private static ContainerSpec.Builder shell(String script) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.command.addAll(List.of("sh", "-c", script));
        spec.capAdd.add("SYSLOG"); // without it the kernel's messages are closed anyway
        return spec;
    }

    @Test
    void nodesMayBeMadeAndOnlyTheAllowedOnesOpened() {
        String said = run(shell("""
                busybox mknod /kmsg c 1 11 && echo made
                busybox mknod /zero c 1 5 && busybox head -c 3 /zero | busybox wc -c
                busybox head -c 1 /kmsg
                busybox mknod /disk b 7 0 && busybox head -c 1 /disk
                echo x > /dev/null && echo written
                """));
        assertThat(said)
                .contains("made\n3\n", "written\n")
                .contains("/kmsg: Operation not permitted", "/disk: Operation not permitted");
    }

    @Test
    void deviceThatIsAskedForIsOpenedAsAskedFor() {
        Path device = Path.of("/dev/kmsg");
        assumeThat(Files.exists(device)).as("/dev/kmsg").isTrue();
        ContainerSpec.Builder spec = shell("""
                busybox dd if=/dev/messages of=/dev/null bs=8192 count=1 2>/dev/null && echo read
                echo x > /dev/messages
                """);
        spec.devices.add(device + ":/dev/messages:r");
        assertThat(run(spec)).contains("read\n", "Operation not permitted");
    }

    @Test
    void privilegedContainerHasNoRules() {
        ContainerSpec.Builder spec = shell("busybox mknod /kmsg c 1 11 && : < /kmsg && echo opened");
        spec.privileged = true;
        assertThat(run(spec)).contains("opened");
    }

    @Test
    void capabilityToMakeNodesCanBeAskedFor() {
        ContainerSpec.Builder spec = shell("busybox mknod /null c 1 3 && echo made");
        spec.capDrop.add("ALL");
        spec.capAdd.add("MKNOD");
        assertThat(run(spec)).contains("made");
    }

    /** Killed at the instruction, or refused by the kernel there: the group goes, and nothing of the rules stays. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingIsLeftOfAStartThatEndsAtItsRules(int test) {
        yard.launcher().amend(program -> program.withTest(test, rules(program), test == 2 ? EPERM : 0));
        HostedLauncher.Start start = start(shell("echo never"));
        yard.launcher().amend(UnaryOperator.identity());
        assertThat(start.await().failure()).isPresent();
        start.leave(125);
        assertThat(start.out()).doesNotContain("never");
        yard.engine().remove(start.id(), false);
        assertThat(Remains.of(start.id(), yard.state())).isEmpty();
    }

    private static int rules(KernelProgram program) {
        int at = 0;
        while (program.instruction(at).op() != Op.DEVICES) {
            at++;
        }
        return at;
    }

    /** The kernel's own judge takes whatever the compiler writes. */
    @Test
    void kernelTakesEveryProgram() {
        Random random = new Random(2);
        Assembler assembler = new Assembler();
        Strand strand = assembler.strand(Assembler.PILOT);
        int programs = 200;
        for (int i = 0; i < programs; i++) {
            List<DeviceRule> rules = new ArrayList<>();
            for (int left = random.nextInt(i < 10 ? 400 : 12); left > 0; left--) {
                rules.add(new DeviceRule(
                        random.nextBoolean(),
                        Optional.of("abc".substring(random.nextInt(3)).substring(0, 1)),
                        number(random),
                        number(random),
                        Optional.of("rwm".substring(random.nextInt(3)))));
            }
            byte[] code = DeviceProgram.compile(rules);
            strand.op(Op.DEVICES, Strand.NONE, assembler.block(code), code.length / 8)
                    .note();
        }
        TaskResult result = yard.launcher().task(assembler.finish(KernelProgram.PROBE), Assembler.PILOT);
        assertThat(result.notes()).hasSize(programs).allMatch(note -> note.errno() == 0);
    }

    private static OptionalLong number(Random random) {
        return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt() & 0xffff_ffffL);
    }
}
