package io.wherry.kernel.program;

import java.nio.ByteBuffer;

/** Checks the header of a program: lengths, counts, strands, reserved fields, test switch. Stateless. */
final class Layout {
    private static final int MOST_INSTRUCTIONS = 0xFFFF;
    private static final int LARGEST = 4 << 20;
    private static final int KNOWN_FLAGS =
            KernelProgram.TEST | KernelProgram.PROBE | KernelProgram.STARTS_CONTAINER | KernelProgram.STEPPED;
    private static final int MIDDLE = 2;
    private static final int FAIL = 2;
    private static final int STOP = 3;
    private static final int ERRNOS = 4096;

    private Layout() {}

    /** {@return what is wrong with the header, or an empty string} */
    static String problem(ByteBuffer program) {
        int length = program.capacity();
        if (length < KernelProgram.HEADER + 8 || length > LARGEST) {
            return "a program that is too short or too long";
        }
        if (program.getLong(0) != KernelProgram.MAGIC
                || program.getInt(8) != KernelProgram.VERSION
                || program.getInt(12) != KernelProgram.ARCHITECTURE) {
            return "not a program of this version for this processor";
        }
        int count = program.getInt(24);
        int data = program.getInt(28);
        if (program.getInt(16) != length
                || count < 0
                || count > MOST_INSTRUCTIONS
                || data != KernelProgram.HEADER + count * Instruction.SIZE
                || data + 8 > length) {
            return "instructions and data do not fill the program";
        }
        if ((program.getInt(20) & ~KNOWN_FLAGS) != 0) {
            return "an unknown flag";
        }
        boolean stepped = (program.getInt(20) & KernelProgram.STEPPED) != 0;
        boolean starts = (program.getInt(20) & (KernelProgram.STARTS_CONTAINER | KernelProgram.PROBE))
                == KernelProgram.STARTS_CONTAINER;
        if (stepped && !(starts && program.getInt(KernelProgram.STRAND_TABLE + 8 * MIDDLE + 4) == 0)) {
            return "a stepped program that starts no container";
        }
        boolean clean = program.getInt(44) == 0 && program.getLong(48) == 0 && program.getLong(120) == 0;
        if (!clean || program.getLong(data) != 0) {
            return "a reserved field is not zero";
        }
        return switches(program, count).isEmpty() ? strands(program, count) : switches(program, count);
    }

    private static String switches(ByteBuffer program, int count) {
        int what = program.getInt(32);
        int at = program.getInt(36);
        int errno = program.getInt(40);
        if (what == 0) {
            return (at | errno) == 0 ? "" : "a reserved field is not zero";
        }
        if ((program.getInt(20) & KernelProgram.TEST) == 0 || what < 0 || what > STOP || at < 0 || at >= count) {
            return "a test switch that is not in force";
        }
        return (what == FAIL) == (errno != 0) && errno >= 0 && errno < ERRNOS ? "" : "a test switch with a wrong errno";
    }

    private static String strands(ByteBuffer program, int count) {
        int next = 0;
        for (int i = 0; i < Assembler.STRANDS; i++) {
            int first = program.getInt(KernelProgram.STRAND_TABLE + 8 * i);
            int size = program.getInt(KernelProgram.STRAND_TABLE + 8 * i + 4);
            if (first != (size == 0 ? 0 : next) || size < 0 || size > count - next) {
                return "the strands do not cover the instructions in order";
            }
            next += size;
        }
        return next == count ? "" : "the strands do not cover the instructions in order";
    }
}
