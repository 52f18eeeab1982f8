package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One strand being written. The policy methods ({@link #okIf}, {@link #ignore}, …) amend the instruction that was written last, so that a line of
 * lowering reads like the call it stands for:
 *
 * <pre>{@code
 * out.call(Call.MKDIRAT, dir, out.string("wherry"), 0755).okIf(Errno.EEXIST);
 * int gone = out.callTo(target, Call.OPENAT2, root, out.string("proc/kcore"), how, 24).skipOn(Errno.ENOENT);
 * ...
 * out.land(gone);
 * }</pre>
 */
public final class Strand {
    /** The descriptor number that stands for the working folder. */
    public static final int CWD = -100;
    /** The descriptor number that stands for none. */
    public static final int NONE = -1;

    private final Assembler assembler;
    private ByteBuffer code = ByteBuffer.allocate(64 * Instruction.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private int step;

    Strand(Assembler assembler) {
        this.assembler = assembler;
    }

    /** Says which typed step the next instructions come from. */
    public void step(int index) {
        step = index;
    }

    /** {@return the data of the program that this strand belongs to} */
    public Assembler data() {
        return assembler;
    }

    /** Shorthand for {@link Assembler#string}. */
    public int string(String text) {
        return assembler.string(text);
    }

    /** {@return the number of instructions so far} */
    public int size() {
        return code.position() / Instruction.SIZE;
    }

    /** Writes a system call without a result. */
    public Strand call(Call call, long... arguments) {
        return callTo(NONE, call, arguments);
    }

    /** Writes a system call whose result becomes descriptor {@code dst} (and {@code dst + 1} for a pair). */
    public Strand callTo(int dst, Call call, long... arguments) {
        begin(Op.SYS, dst);
        int at = code.position() - Instruction.SIZE + 16;
        code.putLong(at, call.number());
        for (int i = 0; i < arguments.length; i++) {
            code.putLong(at + 8 * (i + 1), arguments[i]);
        }
        return this;
    }

    /** Writes an operation that fills no descriptor. */
    public Strand op(Op op, long... operands) {
        return opTo(NONE, op, operands);
    }

    /** Writes an operation whose result becomes descriptor {@code dst}. */
    public Strand opTo(int dst, Op op, long... operands) {
        begin(op, dst);
        int at = code.position() - Instruction.SIZE + 16;
        for (int i = 0; i < operands.length; i++) {
            code.putLong(at + 8 * i, operands[i]);
        }
        return this;
    }

    private void begin(Op op, int dst) {
        if (code.remaining() < Instruction.SIZE) {
            code = ByteBuffer.allocate(2 * code.capacity())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(code.flip());
        }
        int at = code.position();
        code.put((byte) op.number())
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) (dst == NONE ? Instruction.NO_DESCRIPTOR : dst))
                .putShort((short) step);
        code.position(at + Instruction.SIZE);
    }

    /** The last instruction succeeds with these errors too. */
    public Strand okIf(Errno... errnos) {
        return policy(Policy.OK_IF, errnos);
    }

    /** The last instruction's errors are remembered for FAIL. */
    public Strand sticky(Errno... errnos) {
        return policy(Policy.STICKY, errnos);
    }

    /** The last instruction's errors are passed over; in the sweep only. */
    public Strand ignore() {
        return policy(Policy.IGNORE);
    }

    /** The last instruction's result is reported; in probes only. */
    public Strand note() {
        return policy(Policy.NOTE);
    }

    /** These errors of the last instruction skip to where {@link #land} is called with the returned mark. */
    public int skipOn(Errno... errnos) {
        policy(Policy.SKIP, errnos);
        return size() - 1;
    }

    /** Success of the last instruction skips to where {@link #land} is called; these errors go on with the next. */
    public int elseOn(Errno... errnos) {
        policy(Policy.ELSE, errnos);
        return size() - 1;
    }

    /** Makes the skip of an earlier instruction end here. */
    public void land(int mark) {
        code.putShort(mark * Instruction.SIZE + 2, (short) (size() - 1 - mark));
    }

    private Strand policy(Policy policy, Errno... errnos) {
        int at = code.position() - Instruction.SIZE;
        code.put(at + 1, (byte) policy.ordinal());
        for (int i = 0; i < errnos.length; i++) {
            code.putShort(at + 8 + 2 * i, (short) errnos[i].number());
        }
        return this;
    }

    void copyTo(ByteBuffer out, int at) {
        out.put(at, code.array(), 0, code.position());
    }
}
