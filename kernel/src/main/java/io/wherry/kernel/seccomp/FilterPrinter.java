package io.wherry.kernel.seccomp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints compiled filters for people, one line per instruction, numbered from 0: names for architectures, calls and
 * errors where the way to the instruction tells them. For {@code explain}, not for the way to a container.
 */
public final class FilterPrinter {
    private final byte[] bytes;
    private final int count;

    /** What is known when an instruction is reached: the architecture, and the offset whose word is loaded, or -1. */
    private final @Nullable Architecture[] architectures;

    private final int[] loaded;

    private FilterPrinter(byte[] bytes) {
        this.bytes = bytes;
        this.count = bytes.length / 8;
        this.architectures = new Architecture[count];
        this.loaded = new int[count];
        Arrays.fill(loaded, -1);
    }

    /**
     * Prints a filter.
     *
     * @throws IllegalArgumentException if these are no whole instructions, or an instruction is none that the compiler
     *     writes, or jumps out of the filter
     */
    public static List<String> print(byte[] filter) {
        if (filter.length % 8 != 0 || filter.length / 8 > ReverseAssembler.LIMIT) {
            throw new IllegalArgumentException("not a seccomp filter: " + filter.length + " bytes");
        }
        FilterPrinter printer = new FilterPrinter(filter);
        List<String> lines = new ArrayList<>(printer.count);
        for (int at = 0; at < printer.count; at++) {
            lines.add(printer.line(at));
        }
        return lines;
    }

    private String line(int at) {
        int operation = (bytes[8 * at] & 0xff) | ((bytes[8 * at + 1] & 0xff) << 8);
        return "%4d  ".formatted(at)
                + switch (operation) {
                    case ReverseAssembler.LOAD -> load(at);
                    case ReverseAssembler.AND -> and(at);
                    case ReverseAssembler.JUMP -> jump(at);
                    case ReverseAssembler.RETURN -> "return " + returned(operand(at));
                    case ReverseAssembler.JUMP_EQUAL -> branch(at, "==");
                    case ReverseAssembler.JUMP_GREATER -> branch(at, ">");
                    case ReverseAssembler.JUMP_GREATER_OR_EQUAL -> branch(at, ">=");
                    default -> throw malformed(at);
                };
    }

    private String load(int at) {
        flow(at, at + 1, operand(at), architectures[at]);
        return "load " + place(operand(at));
    }

    private String and(int at) {
        flow(at, at + 1, loaded[at], architectures[at]);
        return "and 0x" + Integer.toHexString(operand(at));
    }

    private String jump(int at) {
        int target = target(at, operand(at));
        flow(at, target, loaded[at], architectures[at]);
        return "jump " + target;
    }

    private String branch(int at, String comparison) {
        int operand = operand(at);
        int ifTrue = target(at, bytes[8 * at + 2] & 0xff);
        int ifFalse = target(at, bytes[8 * at + 3] & 0xff);
        Architecture known = architectures[at];
        Architecture asked = null;
        if (loaded[at] == 4 && comparison.equals("==")) {
            for (Architecture architecture : Architecture.all()) {
                asked = architecture.auditNumber() == operand ? architecture : asked;
            }
        }
        flow(at, ifTrue, loaded[at], asked == null ? known : asked);
        flow(at, ifFalse, loaded[at], known);
        return "if " + comparison + " " + operandText(at, operand, asked) + " then " + ifTrue + " else " + ifFalse;
    }

    private String operandText(int at, int operand, @Nullable Architecture asked) {
        if (asked != null) {
            return asked.label();
        }
        Architecture known = architectures[at];
        if (loaded[at] != 0 || known == null) {
            return "0x" + Integer.toHexString(operand);
        }
        String name = SyscallTable.get().name(known, operand);
        return operand == 0x40000000 ? "x32" : operand + (name == null ? "" : " (" + name + ")");
    }

    private static String place(int offset) {
        if (offset < 16) {
            return offset == 0 ? "number" : offset == 4 ? "architecture" : "offset " + offset;
        }
        return "argument " + (offset - 16) / 8 + (offset % 8 == 0 ? " low" : " high");
    }

    private static String returned(int value) {
        Action action = Action.ofReturnValue(value);
        int number = value & 0xffff;
        if (action == Action.ERRNO) {
            String name = number == 1 ? "EPERM" : number == 38 ? "ENOSYS" : number == 13 ? "EACCES" : "errno " + number;
            return "ERRNO " + name;
        }
        return action == Action.TRACE ? "TRACE " + number : action.name();
    }

    private int operand(int at) {
        int value = 0;
        for (int i = 7; i >= 4; i--) {
            value = (value << 8) | (bytes[8 * at + i] & 0xff);
        }
        return value;
    }

    private int target(int at, int offset) {
        if (offset < 0 || offset >= count - at - 1) {
            throw malformed(at);
        }
        return at + 1 + offset;
    }

    private void flow(int at, int to, int word, @Nullable Architecture architecture) {
        if (to >= count) {
            throw malformed(at);
        }
        loaded[to] = word;
        architectures[to] = architecture;
    }

    private static IllegalArgumentException malformed(int at) {
        return new IllegalArgumentException("not a filter that this compiler writes: instruction " + at);
    }
}
