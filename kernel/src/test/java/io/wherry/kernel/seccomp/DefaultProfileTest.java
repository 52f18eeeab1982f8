package io.wherry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.caps.CapabilitySet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefaultProfileTest {
    private static final int ALLOW = 0x7fff0000;

    @Test
    void allowsExactlyDockersListWithoutCondition() {
        Filter filter = DefaultProfile.filter(CapabilitySet.NONE, Architecture.X86_64);
        List<String> names = filter.rules().getFirst().names();
        // Docker's 361 without riscv_hwprobe, and the three that its profile ties to a kernel of 4.8 or newer.
        assertThat(names).hasSize(361 - 1 + 3).doesNotHaveDuplicates();
        assertThat(names).noneMatch(name -> name.startsWith("io_uring"));
        assertThat(FilterCompiler.compile(filter).unknownNames()).isEmpty();
    }

    /** Whoever compiles it by libseccomp may have no two conditions on one argument: runc makes an `or` of them. */
    @Test
    void noRuleHasTwoConditionsOnOneArgument() {
        for (Rule rule :
                DefaultProfile.filter(CapabilitySet.NONE, Architecture.X86_64).rules()) {
            Set<Integer> arguments = new HashSet<>();
            for (Condition condition : rule.conditions()) {
                assertThat(arguments.add(condition.argument())).as("%s", rule).isTrue();
            }
        }
    }

    @Test
    void staysShortAndShallow() {
        CompiledFilter compiled =
                FilterCompiler.compile(DefaultProfile.filter(CapabilitySet.DEFAULT, Architecture.X86_64));
        BpfInterpreter interpreter = new BpfInterpreter(compiled.bytes());
        int deepest = 0;
        for (int number = 0; number < 470; number++) {
            interpreter.run(Architecture.X86_64.auditNumber(), number, 0, 0, 0, 0, 0, 0);
            deepest = Math.max(deepest, interpreter.depth);
        }
        assertThat(compiled.length()).isLessThan(300);
        assertThat(deepest).isLessThan(30);
    }

    @Test
    void everyCapabilityOnlyAddsCalls() {
        for (Architecture machine : Architecture.values()) {
            Set<String> base = allowed(CapabilitySet.NONE, machine);
            for (Capability capability : Capability.values()) {
                assertThat(allowed(CapabilitySet.of(capability), machine)).containsAll(base);
            }
        }
    }

    @Test
    void capabilitiesOpenTheirCallsAndNoOthers() {
        Set<String> base = allowed(CapabilitySet.NONE, Architecture.X86_64);
        assertThat(added(base, Capability.SYS_CHROOT)).containsExactly("chroot");
        assertThat(added(base, Capability.SYS_MODULE))
                .containsExactlyInAnyOrder("init_module", "finit_module", "delete_module");
        assertThat(added(base, Capability.NET_ADMIN)).isEmpty();
        assertThat(added(base, Capability.SYS_PTRACE))
                .containsExactlyInAnyOrder("kcmp", "pidfd_getfd", "process_madvise");
        // 26 of docker's; umount is i386's and clone with flag 0 was open before.
        assertThat(added(base, Capability.SYS_ADMIN)).hasSize(24).contains("mount", "unshare", "clone3", "setns");
    }

    @Test
    void namespaceFlagsAreClosedToCloneWithoutSysAdmin() {
        BpfInterpreter filter = new BpfInterpreter(
                FilterCompiler.compile(DefaultProfile.filter(CapabilitySet.DEFAULT, Architecture.X86_64))
                        .bytes());
        int machine = Architecture.X86_64.auditNumber();
        for (int bit = 0; bit < 64; bit++) {
            boolean namespace = bit == 17 || (bit >= 25 && bit <= 30);
            assertThat(filter.run(machine, 56, 1L << bit, 0, 0, 0, 0, 0) == ALLOW)
                    .as("flag bit %d", bit)
                    .isEqualTo(!namespace);
        }
    }

    @Test
    void armListsItsOwnExtras() {
        BpfInterpreter filter = new BpfInterpreter(
                FilterCompiler.compile(DefaultProfile.filter(CapabilitySet.DEFAULT, Architecture.AARCH64))
                        .bytes());
        int arm = Architecture.ARM.auditNumber();
        assertThat(filter.run(arm, 0xf0005, 0, 0, 0, 0, 0, 0)).as("set_tls").isEqualTo(ALLOW);
        assertThat(filter.run(arm, 0xf0003, 0, 0, 0, 0, 0, 0)).as("usr26").isNotEqualTo(ALLOW);
        assertThat(filter.run(Architecture.X86_64.auditNumber(), 39, 0, 0, 0, 0, 0, 0))
                .isEqualTo(0x80000000);
    }

    private static Set<String> added(Set<String> base, Capability capability) {
        Set<String> more = allowed(CapabilitySet.of(capability), Architecture.X86_64);
        more.removeAll(base);
        return more;
    }

    /** The calls that are allowed with all arguments 0. */
    private static Set<String> allowed(CapabilitySet capabilities, Architecture machine) {
        BpfInterpreter filter = new BpfInterpreter(FilterCompiler.compile(DefaultProfile.filter(capabilities, machine))
                .bytes());
        SyscallTable table = SyscallTable.get();
        Set<String> names = new HashSet<>();
        for (int row = 0; row < table.rows(); row++) {
            int number = table.number(row, machine);
            if (number >= 0 && filter.run(machine.auditNumber(), number, 0, 0, 0, 0, 0, 0) == ALLOW) {
                names.add(table.nameOfRow(row));
            }
        }
        return names;
    }
}
