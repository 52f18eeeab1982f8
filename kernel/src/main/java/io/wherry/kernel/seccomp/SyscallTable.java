package io.wherry.kernel.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the system calls by name, from the resource {@code syscalls.txt}: a comment line, then one line per
 * call, {@code name x86_64 i386 aarch64 arm}, sorted by name, {@code -} where an architecture lacks it. Read once, by
 * hand, since this is on the way to every container.
 */
final class SyscallTable {
    /** The first number of arm's private calls, far above the common ones. */
    static final int PRIVATE = 0xf0000;

    private static final int COLUMNS = 4;
    private static final int CAPACITY = 600;
    private static final SyscallTable INSTANCE = read();

    private final String[] names = new String[CAPACITY];
    private final int[] numbers = new int[CAPACITY * COLUMNS];
    private int rows;

    private SyscallTable() {}

    static SyscallTable get() {
        return INSTANCE;
    }

    /** {@return the row of this call, or -1 if no architecture has it} */
    int row(String name) {
        int low = 0;
        int high = rows - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = names[middle].compareTo(name);
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
        return numbers[row * COLUMNS + architecture.column()];
    }

    /** {@return the name of a number, or null; a linear search, for printing} */
    @Nullable
    String name(Architecture architecture, int number) {
        for (int row = 0; row < rows; row++) {
            if (number(row, architecture) == number) {
                return names[row];
            }
        }
        return null;
    }

    int rows() {
        return rows;
    }

    String nameOfRow(int row) {
        return names[row];
    }

    private static SyscallTable read() {
        SyscallTable table = new SyscallTable();
        byte[] text;
        try (InputStream in = SyscallTable.class.getResourceAsStream("syscalls.txt")) {
            if (in == null) {
                throw new IllegalStateException("the resource syscalls.txt is missing from the kernel module");
            }
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int at = 0;
        while (text[at] != '\n') {
            at++;
        }
        at++;
        while (at < text.length) {
            at = table.readRow(text, at);
        }
        return table;
    }

    private int readRow(byte[] text, int start) {
        int at = start;
        while (text[at] != ' ') {
            at++;
        }
        names[rows] = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
        for (int column = 0; column < COLUMNS; column++) {
            at++;
            int number = text[at] == '-' ? -1 : 0;
            for (; text[at] > ' '; at++) {
                number = number < 0 ? -1 : number * 10 + text[at] - '0';
            }
            numbers[rows * COLUMNS + column] = number;
        }
        rows++;
        return at + 1;
    }
}
