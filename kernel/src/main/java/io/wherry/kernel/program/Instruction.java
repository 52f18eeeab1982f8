package io.wherry.kernel.program;

import java.nio.ByteBuffer;

/**
 * One instruction of a program, as read back from its 64 bytes. A view for printing and checking; the assembler writes bytes directly.
 *
 * @param op what it does
 * @param policy what it does with an error
 * @param skip instructions passed over by {@link Policy#SKIP} and {@link Policy#ELSE}
 * @param dst the descriptor it fills, or -1
 * @param step index of the typed step it was lowered from
 * @param errnos the policy's errors, zeros unused
 * @param operands six raw operands; for {@link Op#SYS} the first is the call
 */
public record Instruction(Op op, Policy policy, int skip, int dst, int step, int[] errnos, long[] operands) {

    /** The length of an instruction in bytes. */
    public static final int SIZE = 64;

    static final int NO_DESCRIPTOR = 0xFFFF;

    static Instruction read(ByteBuffer program, int at) {
        int dst = program.getShort(at + 4) & 0xFFFF;
        int[] errnos = new int[4];
        for (int i = 0; i < errnos.length; i++) {
            errnos[i] = program.getShort(at + 8 + 2 * i) & 0xFFFF;
        }
        long[] operands = new long[6];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = program.getLong(at + 16 + 8 * i);
        }
        Op op = Op.of(program.get(at) & 0xFF);
        if (op == null) {
            throw new IllegalStateException("an unknown operation, " + (program.get(at) & 0xFF));
        }
        return new Instruction(
                op,
                Policy.of(program.get(at + 1) & 0xFF),
                program.getShort(at + 2) & 0xFFFF,
                dst == NO_DESCRIPTOR ? -1 : dst,
                program.getShort(at + 6) & 0xFFFF,
                errnos,
                operands);
    }
}
