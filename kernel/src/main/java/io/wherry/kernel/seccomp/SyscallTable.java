package io.wherry.kernel.seccomp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Looks up {@link SyscallNumbers}: a <em>row</em> is a call's place in that table, counted from 0. */
final class SyscallTable {
    /** The first number of arm's private calls, far above the common ones. */
    static final int PRIVATE = 0xf0000;

    private static final SyscallTable INSTANCE = new SyscallTable();

    /** How many rows behind the last found one are tried before a search of all: profiles list names in order. */
    private static final int NEAR = 4;

    private final byte[] table = SyscallNumbers.TABLE.getBytes(StandardCharsets.ISO_8859_1);
    private final int rows = table.length / SyscallNumbers.ROW;

    private SyscallTable() {}

    static SyscallTable get() {
        return INSTANCE;
    }

    /**
     * {@return the row of this call, or -1 if no architecture has it}
     *
     * @param previous the row of the call looked up before this one; any number is right, a near one is fast
     */
    int row(String name, int previous) {
        int low = 0;
        int high = rows - 1;
        for (int row = previous + 1; row > 0 && row <= previous + NEAR && row < rows; row++) {
            int order = compare(row, name);
            if (order == 0) {
                return row;
            }
            if (order > 0) {
                high = row - 1;
                break;
            }
            low = row + 1;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(middle, name);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** {@return the call's number, or -1 if this architecture lacks it} */
    int number(int row, Architecture architecture) {
        int column = architecture.column();
        int at = row * SyscallNumbers.ROW + SyscallNumbers.NAME + 5 * column;
        int end = at + (column == 3 ? 8 : 5);
        while (table[at] == ' ') {
            at++;
        }
        if (table[at] == '-') {
            return -1;
        }
        int number = 0;
        for (; at < end; at++) {
            number = number * 10 + table[at] - '0';
        }
        return number;
    }

    /** {@return the name of a number, or null; a linear search, for printing} */
    @Nullable
    String name(Architecture architecture, int number) {
        for (int row = 0; row < rows; row++) {
            if (number(row, architecture) == number) {
                return nameOfRow(row);
            }
        }
        return null;
    }

    int rows() {
        return rows;
    }

    String nameOfRow(int row) {
        int start = row * SyscallNumbers.ROW;
        int end = start;
        while (end < start + SyscallNumbers.NAME && table[end] != ' ') {
            end++;
        }
        return new String(table, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Compares a row's name with this one. A name's end counts as a space, which sorts before all that names have. */
    private int compare(int row, String name) {
        int start = row * SyscallNumbers.ROW;
        int length = Math.min(name.length(), SyscallNumbers.NAME);
        for (int i = 0; i < length; i++) {
            int order = table[start + i] - name.charAt(i);
            if (order != 0) {
                return order;
            }
        }
        if (length > 0 && table[start + length - 1] == ' ') {
            return -1;
        }
        if (length < SyscallNumbers.NAME) {
            return table[start + length] == ' ' ? 0 : 1;
        }
        return name.length() > SyscallNumbers.NAME ? -1 : 0;
    }
}
