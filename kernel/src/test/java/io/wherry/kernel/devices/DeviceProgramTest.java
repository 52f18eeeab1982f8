package io.wherry.kernel.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.DeviceRule;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What device rules mean, asked of their code. */
class DeviceProgramTest {
    private static final int CHARACTER = 2;
    private static final int BLOCK = 1;
    private static final int MAKE = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;

    private static DeviceInterpreter program(DeviceRule... rules) {
        return new DeviceInterpreter(DeviceProgram.compile(List.of(rules)));
    }

    private static DeviceRule rule(boolean allow, String type, long major, long minor, String access) {
        return new DeviceRule(
                allow,
                type.equals("-") ? Optional.empty() : Optional.of(type),
                major < 0 ? OptionalLong.empty() : OptionalLong.of(major),
                minor < 0 ? OptionalLong.empty() : OptionalLong.of(minor),
                access.isEmpty() ? Optional.empty() : Optional.of(access));
    }

    @Test
    void nothingIsAllowedBehindARuleThatDeniesAll() {
        DeviceInterpreter program = program(DeviceRule.DENY_ALL);
        for (int access = 0; access < 8; access++) {
            assertThat(program.allows(CHARACTER, access, 1, 3)).isFalse();
            assertThat(program.allows(BLOCK, access, 8, 0)).isFalse();
        }
    }

    @Test
    void oneDeviceIsAllowedAndItsNeighboursAreNot() {
        DeviceInterpreter program = program(DeviceRule.DENY_ALL, DeviceRule.allow("c", 1, 3, "rw"));
        assertThat(program.allows(CHARACTER, READ, 1, 3)).isTrue();
        assertThat(program.allows(CHARACTER, READ | WRITE, 1, 3)).isTrue();
        assertThat(program.allows(CHARACTER, MAKE, 1, 3)).isFalse();
        assertThat(program.allows(CHARACTER, READ | MAKE, 1, 3)).isFalse();
        assertThat(program.allows(CHARACTER, READ, 1, 5)).isFalse();
        assertThat(program.allows(CHARACTER, READ, 2, 3)).isFalse();
        assertThat(program.allows(BLOCK, READ, 1, 3)).isFalse();
    }

    @Test
    void laterRuleWins() {
        DeviceInterpreter program =
                program(DeviceRule.DENY_ALL, DeviceRule.allow("c", 1, 3, "rwm"), rule(false, "c", 1, 3, "w"));
        assertThat(program.allows(CHARACTER, READ, 1, 3)).isTrue();
        assertThat(program.allows(CHARACTER, WRITE, 1, 3)).isFalse();
        assertThat(program.allows(CHARACTER, READ | WRITE, 1, 3)).isFalse();
    }

    @Test
    void accessesMayBeAllowedByDifferentRules() {
        DeviceInterpreter program =
                program(DeviceRule.DENY_ALL, rule(true, "c", 1, -1, "r"), rule(true, "c", -1, 3, "w"));
        assertThat(program.allows(CHARACTER, READ | WRITE, 1, 3)).isTrue();
        assertThat(program.allows(CHARACTER, READ | WRITE, 1, 4)).isFalse();
    }

    @Test
    void withoutARuleTheGroupsAboveDecide() {
        assertThat(program().allows(CHARACTER, READ | WRITE | MAKE, 1, 3)).isTrue();
        assertThat(program(rule(false, "b", -1, -1, "")).allows(CHARACTER, READ, 1, 3))
                .isTrue();
    }

    @Test
    void numbersAreUnsigned() {
        DeviceInterpreter program = program(DeviceRule.DENY_ALL, rule(true, "b", 0xffff_ffffL, 0x8000_0000L, "r"));
        assertThat(program.allows(BLOCK, READ, 0xffff_ffff, 0x8000_0000)).isTrue();
        assertThat(program.allows(BLOCK, READ, 0xffff_ffff, 0)).isFalse();
    }

    @Test
    void whatDoesNotExistIsRefused() {
        for (DeviceRule rule :
                List.of(rule(true, "p", 1, 3, "r"), rule(true, "c", 1, 3, "x"), rule(true, "device", 1, 3, "r"))) {
            assertThatThrownBy(() -> program(rule))
                    .isInstanceOf(WherryException.class)
                    .hasMessageContaining("device rule");
        }
        assertThatThrownBy(() -> program(new DeviceRule(
                        true, Optional.of("c"), OptionalLong.empty(), OptionalLong.empty(), Optional.of(""))))
                .hasMessageContaining("no access");
    }

    @Test
    void codeIsBounded() {
        List<DeviceRule> rules = new ArrayList<>();
        for (int i = 0; i < 511; i++) {
            rules.add(rule(i % 2 == 0, "c", i, i, i % 3 == 0 ? "rw" : "m"));
        }
        assertThat(new DeviceInterpreter(DeviceProgram.compile(rules)).allows(CHARACTER, MAKE, 4, 4))
                .isTrue();
        rules.add(DeviceRule.DENY_ALL);
        assertThatThrownBy(() -> DeviceProgram.compile(rules)).hasMessageContaining("512 device rules");
    }

    /** Any list of rules means what the words of the documentation say. */
    @Test
    void codeMeansWhatTheRulesMean() {
        Random random = new Random(1);
        String[] accesses = {"", "r", "w", "m", "rw", "rm", "wm", "rwm"};
        for (int round = 0; round < 5_000; round++) {
            List<DeviceRule> rules = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                rules.add(rule(
                        random.nextBoolean(),
                        new String[] {"-", "a", "b", "c"}[random.nextInt(4)],
                        random.nextInt(4) - 1,
                        random.nextInt(4) - 1,
                        accesses[random.nextInt(accesses.length)]));
            }
            DeviceInterpreter program = new DeviceInterpreter(DeviceProgram.compile(rules));
            for (int i = 0; i < 2 * 7 * 9; i++) {
                int type = 1 + i % 2;
                int access = 1 + i / 2 % 7;
                int major = i / 14 % 3;
                int minor = i / 42;
                assertThat(program.allows(type, access, major, minor))
                        .as("%s for type %d, access %d, %d:%d", rules, type, access, major, minor)
                        .isEqualTo(meaning(rules, type, access, major, minor));
            }
        }
    }

    private static boolean meaning(List<DeviceRule> rules, int type, int access, int major, int minor) {
        boolean allowed = true;
        for (int bit = MAKE; bit <= WRITE; bit <<= 1) {
            boolean last = true;
            for (DeviceRule rule : rules) {
                String words = rule.access().orElse("rwm");
                boolean names =
                        rule.type().orElse("a").equals("a") || rule.type().get().equals(type == BLOCK ? "b" : "c");
                boolean same =
                        rule.major().orElse(major) == major && rule.minor().orElse(minor) == minor;
                boolean about = words.indexOf(bit == MAKE ? 'm' : bit == READ ? 'r' : 'w') >= 0;
                last = names && same && about ? rule.allow() : last;
            }
            allowed &= (access & bit) == 0 || last;
        }
        return allowed;
    }
}
