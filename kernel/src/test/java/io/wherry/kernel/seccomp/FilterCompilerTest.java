package io.wherry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilterCompilerTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int ENOSYS = 0x00050000 | 38;
    private static final int KILL = 0x80000000;
    private static final int X86_64 = Architecture.X86_64.auditNumber();

    private static final long[] BOUNDARIES = {
        0,
        1,
        37,
        38,
        39,
        40,
        41,
        0x7fffffffL,
        0x80000000L,
        0xfffffffeL,
        0xffffffffL,
        0x100000000L,
        0x100000026L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -2,
        -1
    };

    @Test
    void randomFiltersDecideAsTheirRulesSay() {
        long seed = 20_260_825;
        Random random = new Random(seed);
        long decisions = 0;
        for (int round = 0; round < 400; round++) {
            Filter filter = randomFilter(random);
            BpfInterpreter compiled =
                    new BpfInterpreter(FilterCompiler.compile(filter).bytes());
            for (Architecture architecture : Architecture.values()) {
                for (int number : interestingNumbers(random)) {
                    long[] arguments = new long[6];
                    for (int i = 0; i < 6; i++) {
                        arguments[i] = randomValue(random);
                    }
                    assertThat(compiled.run(architecture.auditNumber(), number, arguments))
                            .as(
                                    "seed %d round %d %s %d %s %s",
                                    seed, round, architecture, number, Arrays.toString(arguments), filter)
                            .isEqualTo(FilterMeaning.of(filter, architecture, number, arguments));
                    decisions++;
                }
            }
        }
        assertThat(decisions).isGreaterThan(800_000);
    }

    @Test
    void everyOperatorHoldsAtEveryBoundaryOfBothHalves() {
        for (Operator operator : Operator.values()) {
            for (long value : BOUNDARIES) {
                for (long mask : operator == Operator.MASKED_EQ ? BOUNDARIES : new long[] {-1}) {
                    Filter filter = new Filter(
                            Action.KILL_THREAD,
                            0,
                            List.of(Architecture.X86_64),
                            List.of(Rule.allow("socket", new Condition(5, operator, value, mask))));
                    BpfInterpreter compiled =
                            new BpfInterpreter(FilterCompiler.compile(filter).bytes());
                    for (long argument : BOUNDARIES) {
                        assertThat(compiled.run(X86_64, 41, 0, 0, 0, 0, 0, argument))
                                .as("%x %s %x & %x", argument, operator, value, mask)
                                .isEqualTo(FilterMeaning.of(filter, Architecture.X86_64, 41, 0, 0, 0, 0, 0, argument));
                    }
                }
            }
        }
    }

    @Test
    void firstFittingRuleDecides() {
        Filter filter = new Filter(
                Action.ALLOW,
                0,
                List.of(Architecture.X86_64),
                List.of(
                        Rule.errno(13, "ioctl", Condition.of(1, Operator.EQ, 7)),
                        Rule.errno(22, "ioctl", Condition.of(1, Operator.GE, 7))));
        BpfInterpreter compiled =
                new BpfInterpreter(FilterCompiler.compile(filter).bytes());
        assertThat(compiled.run(X86_64, 16, 0, 7)).isEqualTo(0x00050000 | 13);
        assertThat(compiled.run(X86_64, 16, 0, 8)).isEqualTo(0x00050000 | 22);
        assertThat(compiled.run(X86_64, 16, 0, 6)).isEqualTo(ALLOW);
    }

    @Test
    void foreignArchitectureKillsTheProcess() {
        Filter filter = new Filter(Action.ALLOW, 0, List.of(Architecture.X86_64), List.of());
        BpfInterpreter compiled =
                new BpfInterpreter(FilterCompiler.compile(filter).bytes());
        assertThat(compiled.run(Architecture.I386.auditNumber(), 20)).isEqualTo(KILL);
        assertThat(compiled.run(0, 20)).isEqualTo(KILL);
        assertThat(compiled.run(X86_64, 39)).isEqualTo(ALLOW);
    }

    @Test
    void x32CallsAnswerEnosysEvenIfEverythingIsAllowed() {
        Filter filter = new Filter(Action.ALLOW, 0, List.of(Architecture.X86_64), List.of());
        BpfInterpreter compiled =
                new BpfInterpreter(FilterCompiler.compile(filter).bytes());
        assertThat(compiled.run(X86_64, 0x40000000 | 39)).isEqualTo(ENOSYS);
        assertThat(compiled.run(X86_64, 0x7fffffff)).isEqualTo(ENOSYS);
        assertThat(compiled.run(X86_64, -1)).isEqualTo(ENOSYS);
    }

    @Test
    void callsNewerThanTheFilterAnswerEnosysAndUnknownNamesAreReported() {
        Filter filter = new Filter(
                Action.ERRNO,
                1,
                List.of(Architecture.X86_64, Architecture.I386),
                List.of(Rule.allow(List.of("read", "no_such_call", "clone3", "riscv_hwprobe", "umount"))));
        CompiledFilter result = FilterCompiler.compile(filter);
        assertThat(result.unknownNames()).containsExactly("no_such_call", "riscv_hwprobe");
        BpfInterpreter compiled = new BpfInterpreter(result.bytes());
        assertThat(compiled.run(X86_64, 434)).isEqualTo(0x00050001);
        assertThat(compiled.run(X86_64, 435)).isEqualTo(ALLOW);
        assertThat(compiled.run(X86_64, 436)).isEqualTo(ENOSYS);
        assertThat(compiled.run(Architecture.I386.auditNumber(), 22)).isEqualTo(ALLOW);
    }

    @Test
    void jumpsReachAcrossLongBlocksOfConditions() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rules.add(Rule.errno(i + 2, "openat", Condition.of(0, Operator.EQ, i * 0x1_0000_0001L)));
        }
        Filter filter = new Filter(Action.ERRNO, 1, List.of(Architecture.X86_64, Architecture.I386), rules);
        BpfInterpreter compiled =
                new BpfInterpreter(FilterCompiler.compile(filter).bytes());
        for (int i = 0; i < 300; i++) {
            assertThat(compiled.run(X86_64, 257, i * 0x1_0000_0001L)).isEqualTo(0x00050000 | (i + 2));
        }
        assertThat(compiled.run(X86_64, 257, 300 * 0x1_0000_0001L)).isEqualTo(0x00050001);
        assertThat(compiled.run(X86_64, 256)).isEqualTo(0x00050001);
        assertThat(compiled.run(X86_64, 258)).isEqualTo(ENOSYS);
        assertThat(compiled.run(0, 0)).isEqualTo(KILL);
    }

    @Test
    void filterBeyondTheKernelsLimitIsRefused() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            rules.add(Rule.errno(i, "openat", Condition.of(0, Operator.GT, i * 0x1_0000_0001L)));
        }
        Filter filter = new Filter(Action.ALLOW, 0, List.of(Architecture.X86_64), rules);
        assertThatThrownBy(() -> FilterCompiler.compile(filter)).hasMessageContaining("4096 instructions");
    }

    @Test
    void impossibleModelsAreRefused() {
        assertThatThrownBy(() -> new Filter(Action.ALLOW, 0, List.of(), List.of()))
                .hasMessageContaining("architecture");
        assertThatThrownBy(() -> new Filter(Action.ALLOW, 0, List.of(Architecture.ARM, Architecture.ARM), List.of()))
                .hasMessageContaining("arm twice");
        assertThatThrownBy(() -> Rule.errno(4096, "read")).hasMessageContaining("0 to 4095");
        assertThat(new Rule(List.of("read"), Action.ALLOW, 1, List.of()).number())
                .isZero();
        assertThatThrownBy(() -> Condition.of(6, Operator.EQ, 0)).hasMessageContaining("0 to 5");
        assertThatThrownBy(() -> Action.ofOciName("SCMP_ACT_NOTIFY")).hasMessageContaining("SCMP_ACT_NOTIFY");
        assertThatThrownBy(() -> Action.ofOciName("SCMP_ACT_")).hasMessageContaining("no seccomp action");
    }

    @Test
    void ociNamesAreRead() {
        assertThat(Action.ofOciName("SCMP_ACT_KILL")).isEqualTo(Action.KILL_THREAD);
        assertThat(Action.ofOciName("SCMP_ACT_KILL_PROCESS")).isEqualTo(Action.KILL_PROCESS);
        assertThat(Operator.ofOciName("SCMP_CMP_MASKED_EQ")).isEqualTo(Operator.MASKED_EQ);
    }

    private static Filter randomFilter(Random random) {
        SyscallTable table = SyscallTable.get();
        Action[] actions = Action.values();
        Operator[] operators = Operator.values();
        List<Architecture> architectures = new ArrayList<>(List.of(Architecture.values()));
        Collections.shuffle(architectures, random);
        architectures = architectures.subList(0, 1 + random.nextInt(4));
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            List<String> names = new ArrayList<>();
            for (int j = random.nextInt(random.nextInt(5) == 0 ? 200 : 6); j > 0; j--) {
                names.add(random.nextInt(20) == 0 ? "unknown" : table.nameOfRow(random.nextInt(table.rows())));
            }
            List<Condition> conditions = new ArrayList<>();
            for (int j = Math.max(0, random.nextInt(5) - 2); j > 0; j--) {
                Operator operator = operators[random.nextInt(operators.length)];
                long mask = operator == Operator.MASKED_EQ ? randomValue(random) : -1;
                conditions.add(new Condition(random.nextInt(6), operator, randomValue(random) & mask, mask));
            }
            Action action = actions[random.nextInt(actions.length)];
            rules.add(new Rule(names, action, randomNumber(random, action), conditions));
        }
        Action action = actions[random.nextInt(actions.length)];
        return new Filter(action, randomNumber(random, action), architectures, rules);
    }

    private static int randomNumber(Random random, Action action) {
        return action == Action.ERRNO || action == Action.TRACE ? random.nextInt(4096) : 0;
    }

    private static long randomValue(Random random) {
        return BOUNDARIES[random.nextInt(BOUNDARIES.length)];
    }

    private static int[] interestingNumbers(Random random) {
        int[] numbers = new int[520];
        for (int i = 0; i < 500; i++) {
            numbers[i] = i;
        }
        for (int i = 500; i < 507; i++) {
            numbers[i] = 0xf0000 + i - 500;
        }
        for (int i = 507; i < 518; i++) {
            numbers[i] = random.nextInt();
        }
        numbers[518] = Integer.MAX_VALUE;
        numbers[519] = -1;
        return numbers;
    }
}
