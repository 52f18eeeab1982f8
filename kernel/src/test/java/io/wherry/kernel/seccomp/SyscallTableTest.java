package io.wherry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SyscallTableTest {
    private final SyscallTable table = SyscallTable.get();

    @Test
    void findsEveryNameAndNoOther() {
        for (int row = 0; row < table.rows(); row++) {
            for (int previous : new int[] {-1, 0, row - 5, row - 4, row - 1, row, row + 1, 482, 9999}) {
                assertThat(table.row(table.nameOfRow(row), previous)).isEqualTo(row);
            }
        }
        assertThat(table.rows()).isEqualTo(483);
        assertThat(table.row("", -1)).isNegative();
        assertThat(table.row("zzz", -1)).isNegative();
        assertThat(table.row("rea", -1)).isNegative();
        assertThat(table.row("sched_rr_get_interval_time64x", -1)).isNegative();
        assertThat(table.row("read ", -1)).isNegative();
    }

    @Test
    void knowsTheNumbersOfEachArchitecture() {
        assertThat(numbers("read")).containsExactly(0, 3, 63, 3);
        assertThat(numbers("openat")).containsExactly(257, 295, 56, 322);
        assertThat(numbers("clone3")).containsExactly(435, 435, 435, 435);
        assertThat(numbers("open")).containsExactly(2, 5, -1, 5);
        assertThat(numbers("file_setattr")).containsExactly(469, 469, 469, 469);
        assertThat(numbers("set_tls")).containsExactly(-1, -1, -1, 0xf0005);
    }

    private int[] numbers(String name) {
        int[] numbers = new int[4];
        for (int i = 0; i < 4; i++) {
            numbers[i] = table.number(table.row(name, -1), Architecture.all()[i]);
        }
        return numbers;
    }
}
