package io.wherry.kernel.program;

/**
 * The type of one operand of an {@link Op} or argument of a {@link Call}, as written in {@code kernel/tables}.
 *
 * @param kind what the 64 bits mean
 * @param size {@link Kind#IN}: the block's exact length in bytes; {@link Kind#BUF} and {@link Kind#FILTER}: bytes per counted unit; else 0
 * @param lengthAt the operand that counts the units (buf, filter) or strings (strs), from 0; -1 where none does
 */
public record Operand(Kind kind, int size, int lengthAt) {

    /** What an operand's 64 bits mean. Offsets count from the start of the program's data; 0 means absent. */
    public enum Kind {
        /** A descriptor number, signed: 0 to 250, -1 none, -100 the working folder. */
        FD,
        /** Offset of a NUL-terminated string. */
        STR,
        /** Offset of a NUL-terminated string, or 0. */
        STR_OPT,
        /** Offset of a NUL-terminated string that no path resolution sees, such as the target of a new link. */
        TEXT,
        /** A plain number. */
        IMM,
        /** Offset of a block of exactly {@code size} bytes. */
        IN,
        /** Offset of a block whose units another operand counts; 0 if that is 0. */
        BUF,
        /** Offset of a classic BPF program whose instructions of 8 bytes another operand counts. */
        FILTER,
        /** Offset of NUL-terminated strings laid end to end, counted by another operand; 0 if that is 0. */
        STRS,
        /** Zero in the program; the kernel fills a pair of descriptors. */
        PAIR,
        /** Number of a {@link Call}. */
        CALL
    }

    /** What the instruction's {@code dst} receives. */
    public enum Result {
        /** Nothing: dst is 0xFFFF. */
        NONE,
        /** A descriptor. */
        FD,
        /** A descriptor, if dst is given. */
        FD_OPT,
        /** Two descriptors, dst and dst + 1. */
        PAIR
    }
}
