package io.wherry.kernel.seccomp;

import io.wherry.oci.WherryException;
import java.util.Arrays;

/**
 * Writes classic BPF from its last instruction to its first, so that every jump's target stands already: BPF jumps only
 * forward. A <em>place</em> is an instruction's distance from the end, counted from 0.
 *
 * <p>Conditional jumps reach 255 instructions. A target that is farther is a return, which is written once more, or it
 * is reached by an unconditional jump in between.
 *
 * <p>Specification: {@code include/uapi/linux/filter.h}, {@code bpf_common.h}.
 */
final class ReverseAssembler {
    static final int LOAD = 0x20;
    static final int JUMP = 0x05;
    static final int JUMP_EQUAL = 0x15;
    static final int JUMP_GREATER = 0x25;
    static final int JUMP_GREATER_OR_EQUAL = 0x35;
    static final int AND = 0x54;
    static final int RETURN = 0x06;

    /** The kernel's {@code BPF_MAXINSNS}. */
    static final int LIMIT = 4096;

    /** How far a conditional jump reaches, less the two instructions that may come between. */
    private static final int REACH = 253;

    private long[] code = new long[512];
    private int size;
    private int[] returnValues = new int[8];
    private int[] returnPlaces = new int[8];
    private int returns;

    /** {@return the place of an instruction that ends the filter with this value} */
    int returning(int value) {
        int known = 0;
        while (known < returns && returnValues[known] != value) {
            known++;
        }
        if (known < returns && size - returnPlaces[known] <= REACH) {
            return returnPlaces[known];
        }
        if (known == returns) {
            if (returns == returnValues.length) {
                returnValues = Arrays.copyOf(returnValues, returns * 2);
                returnPlaces = Arrays.copyOf(returnPlaces, returns * 2);
            }
            returnValues[returns++] = value;
        }
        returnPlaces[known] = add(RETURN, 0, 0, value);
        return returnPlaces[known];
    }

    /** Loads the 32-bit word at this offset of {@code struct seccomp_data}; goes on with what was written before. */
    int load(int offset) {
        return add(LOAD, 0, 0, offset);
    }

    int and(int mask) {
        return add(AND, 0, 0, mask);
    }

    /** Compares the loaded word, unsigned, and jumps to one of two places. */
    int branch(int operation, int operand, int ifTrue, int ifFalse) {
        int nearTrue = near(ifTrue);
        int nearFalse = ifFalse == ifTrue ? nearTrue : near(ifFalse);
        return add(operation, size - nearTrue - 1, size - nearFalse - 1, operand);
    }

    /** Makes sure that the next instruction goes on at this place. */
    void continueAt(int place) {
        if (place != size - 1) {
            jump(place);
        }
    }

    private int near(int place) {
        if (size - place <= REACH) {
            return place;
        }
        long target = code[place];
        return (target & 0xffff) == RETURN ? returning((int) (target >>> 32)) : jump(place);
    }

    private int jump(int place) {
        return add(JUMP, 0, 0, size - place - 1);
    }

    private int add(int operation, int ifTrue, int ifFalse, int operand) {
        if (size == LIMIT) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The seccomp filter needs more than the " + LIMIT + " instructions that the kernel takes.",
                    "Use fewer rules with conditions.");
        }
        if (size == code.length) {
            code = Arrays.copyOf(code, size * 2);
        }
        code[size] = operation | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) operand << 32;
        return size++;
    }

    /** {@return the instructions from first to last as {@code struct sock_filter[]}} */
    byte[] finish() {
        byte[] bytes = new byte[size * 8];
        int at = 0;
        for (int place = size - 1; place >= 0; place--) {
            long instruction = code[place];
            for (int shift = 0; shift < 64; shift += 8) {
                bytes[at++] = (byte) (instruction >>> shift);
            }
        }
        return bytes;
    }
}
