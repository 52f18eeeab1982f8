package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.util.Arrays;

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

    /** The words of an instruction: operation, policy, skip, result and step in the first; errors in the second; six operands. */
    private static final int WORDS = Instruction.SIZE / Long.BYTES;

    private final Assembler assembler;
    private long[] code = new long[64 * WORDS];
    private int size;
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
        return size;
    }

    /** Writes a system call without a result. */
    public Strand call(Call call, long... arguments) {
        return callTo(NONE, call, arguments);
    }

    /** Writes a system call whose result becomes descriptor {@code dst} (and {@code dst + 1} for a pair). */
    public Strand callTo(int dst, Call call, long... arguments) {
        int at = begin(Op.SYS, dst) + 2;
        code[at] = call.number();
        System.arraycopy(arguments, 0, code, at + 1, arguments.length);
        return this;
    }

    /** Writes an operation that fills no descriptor. */
    public Strand op(Op op, long... operands) {
        return opTo(NONE, op, operands);
    }

    /** Writes an operation whose result becomes descriptor {@code dst}. */
    public Strand opTo(int dst, Op op, long... operands) {
        int at = begin(op, dst) + 2;
        System.arraycopy(operands, 0, code, at, operands.length);
        return this;
    }

    private int begin(Op op, int dst) {
        int at = size * WORDS;
        if (at == code.length) {
            code = Arrays.copyOf(code, 2 * at);
        }
        size++;
        code[at] = op.number() | (long) (dst & 0xFFFF) << 32 | (long) (step & 0xFFFF) << 48;
        return at;
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
        code[mark * WORDS] |= (long) ((size - 1 - mark) & 0xFFFF) << 16;
    }

    private Strand policy(Policy policy, Errno... errnos) {
        int at = (size - 1) * WORDS;
        code[at] = (code[at] & ~0xFF00L) | (long) policy.ordinal() << 8;
        long listed = 0;
        for (int i = 0; i < errnos.length; i++) {
            listed |= (long) errnos[i].number() << (16 * i);
        }
        code[at + 1] = listed;
        return this;
    }

    void copyTo(ByteBuffer out, int at) {
        out.slice(at, size * Instruction.SIZE).order(out.order()).asLongBuffer().put(code, 0, size * WORDS);
    }
}
