package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks a whole program by the rules of docs/program.md ("What is checked"). The pilot checks the same again; here a broken rule is a defect of the
 * compiler and is reported with the instruction that breaks it.
 */
final class Verifier {
    private static final int LAST_DESCRIPTOR = 250;

    private final KernelProgram program;
    private final ByteBuffer data;
    private final @Nullable BitSet[] inherited = new BitSet[Assembler.STRANDS];
    private int index;

    private Verifier(KernelProgram program) {
        this.program = program;
        this.data = program.data();
    }

    static void verify(KernelProgram program) {
        Verifier verifier = new Verifier(program);
        BitSet atStart = new BitSet(256);
        atStart.set(0, 8);
        verifier.inherited[Assembler.PILOT] = atStart;
        verifier.inherited[Assembler.REMOVAL] = new BitSet(256);
        verifier.inherited[Assembler.SWEEP] = new BitSet(256);
        for (int strand = 0; strand < Assembler.STRANDS; strand++) {
            if (program.count(strand) > 0) {
                verifier.strand(strand);
            }
        }
    }

    /** What a strand has done so far, as far as later instructions depend on it. */
    private static final class Progress {
        boolean pivoted;
        boolean closed;
        boolean executing;
        boolean deathSignal;
    }

    private void strand(int strand) {
        BitSet known = inherited[strand];
        if (known == null) {
            index = program.first(strand);
            throw broken("strand " + strand + " is started by nobody");
        }
        BitSet assigned = (BitSet) known.clone();
        Progress progress = new Progress();
        int end = program.first(strand) + program.count(strand);
        for (index = program.first(strand); index < end; index++) {
            Instruction instruction = program.instruction(index);
            Op op = instruction.op();
            require(index + instruction.skip() < end, "a skip leaves the strand");
            boolean named = instruction.policy() != Policy.ABORT
                    && instruction.policy() != Policy.IGNORE
                    && instruction.policy() != Policy.NOTE;
            require(named == (instruction.errnos()[0] != 0), "a policy without its errors, or errors without a policy");
            require(instruction.policy() != Policy.IGNORE || strand == Assembler.SWEEP, "`ignore` outside the sweep");
            boolean probing = (program.flags() & KernelProgram.PROBE) != 0;
            require(probing || (instruction.policy() != Policy.NOTE && op != Op.READ), "a question outside a probe");
            operands(instruction, assigned, progress);
            order(strand, instruction, progress);
            results(instruction, assigned);
            if (op == Op.CLONE) {
                child((int) instruction.operands()[1], strand, assigned);
            }
        }
        require(!progress.executing || progress.deathSignal, "no death signal behind the last change of credentials");
    }

    private void child(int child, int parent, BitSet assigned) {
        require(child > parent && child < Assembler.REMOVAL, "a CLONE names strand " + child);
        require(inherited[child] == null, "strand " + child + " is started twice");
        inherited[child] = (BitSet) assigned.clone();
    }

    private void operands(Instruction instruction, BitSet assigned, Progress progress) {
        Op op = instruction.op();
        long[] values = instruction.operands();
        if (op != Op.SYS) {
            for (int i = 0; i < op.operandCount(); i++) {
                operand(op.operand(i), values, 0, i, assigned, progress);
            }
            for (int i = op.operandCount(); i < values.length; i++) {
                require(values[i] == 0, "an unused operand is set");
            }
            return;
        }
        Call call = Call.of((int) values[0]);
        if (call == null) {
            throw broken("an unknown call");
        }
        for (int i = 0; i < call.operandCount(); i++) {
            operand(call.operand(i), values, 1, i, assigned, progress);
        }
        for (int i = call.operandCount() + 1; i < values.length; i++) {
            require(values[i] == 0, "an unused operand of " + call.label() + " is set");
        }
    }

    private void operand(Operand type, long[] values, int base, int at, BitSet assigned, Progress progress) {
        long value = values[base + at];
        switch (type.kind()) {
            case FD -> {
                require(value >= Strand.CWD && value <= LAST_DESCRIPTOR, "descriptor " + value);
                require(value < 0 || assigned.get((int) value), "descriptor " + value + " is not assigned");
            }
            case STR, TEXT -> {
                String text = string(value);
                boolean hostPath = type.kind() == Operand.Kind.STR && text.startsWith("/") && !text.equals("/");
                require(
                        !progress.pivoted || progress.closed || !hostPath || inside(values, base),
                        "the host path " + text + " behind the change of root");
            }
            case STR_OPT -> {
                if (value != 0) {
                    string(value);
                }
            }
            case IN -> block(value, type.size());
            case BUF, FILTER -> {
                long length = values[base + type.lengthAt()] * type.size();
                require(value != 0 || length == 0, "a block is absent");
                block(value, length);
            }
            case STRS -> strings(value, values[base + type.lengthAt()]);
            case PAIR -> require(value == 0, "a pair's operand is set");
            case IMM, CALL -> {}
        }
    }

    /** Paths that are resolved inside the root on purpose: the working folder and the program itself. */
    private boolean inside(long[] values, int base) {
        Op op = program.instruction(index).op();
        return op == Op.WORKDIR || op == Op.EXEC || (base == 1 && values[0] == Call.FSOPEN.number());
    }

    private void order(int strand, Instruction instruction, Progress progress) {
        Op op = instruction.op();
        boolean executes = op == Op.EXEC || op == Op.FAIL;
        require(!progress.executing || executes, "only EXEC and FAIL follow an EXEC");
        if (op == Op.EXEC) {
            require(progress.closed, "an EXEC without close_range before it");
            progress.executing = true;
        }
        if (strand == Assembler.SWEEP) {
            require(
                    op != Op.CLONE
                            && op != Op.EXEC
                            && op != Op.SPAWN
                            && op != Op.MONITOR
                            && op != Op.SEND
                            && op != Op.RECV,
                    op + " in the sweep");
        }
        if (op == Op.MONITOR) {
            require(
                    strand == Assembler.PILOT && index == program.first(strand) + program.count(strand) - 1,
                    "MONITOR is not the last instruction of the pilot's strand");
        }
        if (op == Op.SYS) {
            call((int) instruction.operands()[0], instruction.operands(), progress);
        }
    }

    private static void call(int number, long[] operands, Progress progress) {
        if (number == Call.PIVOT_ROOT.number()) {
            progress.pivoted = true;
        } else if (number == Call.CLOSE_RANGE.number()) {
            progress.closed = operands[1] == 3 && operands[2] == 0xFFFFFFFFL;
        } else if (number == Call.SETRESUID.number()
                || number == Call.SETRESGID.number()
                || number == Call.CAPSET.number()) {
            progress.deathSignal = false;
        } else if (number == Call.PRCTL.number() && operands[1] == Linux.PR_SET_PDEATHSIG) {
            progress.deathSignal = operands[2] == Linux.SIGKILL;
        }
    }

    private void results(Instruction instruction, BitSet assigned) {
        Call call = instruction.op() == Op.SYS ? Call.of((int) instruction.operands()[0]) : null;
        Operand.Result result = call == null ? instruction.op().result() : call.result();
        int dst = instruction.dst();
        switch (result) {
            case NONE -> require(dst < 0, "a result where there is none");
            case FD_OPT -> require(dst < 0 || (dst >= 8 && dst <= LAST_DESCRIPTOR), "result descriptor " + dst);
            case FD -> require(dst >= 8 && dst <= LAST_DESCRIPTOR, "result descriptor " + dst);
            case PAIR -> require(dst >= 8 && dst < LAST_DESCRIPTOR, "result descriptor " + dst);
        }
        if (dst >= 0) {
            assigned.set(dst, dst + (result == Operand.Result.PAIR ? 2 : 1));
        }
    }

    private String string(long offset) {
        require(offset > 0 && offset < data.capacity(), "a string outside the data");
        return KernelProgram.string(data, (int) offset);
    }

    private void strings(long offset, long count) {
        require(offset != 0 || count == 0, "strings are absent");
        long at = offset;
        for (long i = 0; i < count; i++) {
            at += KernelProgram.length(data, (int) at) + 1L;
        }
    }

    private void block(long offset, long length) {
        require(offset >= 0 && length >= 0 && offset + length <= data.capacity(), "a block outside the data");
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            throw broken(problem);
        }
    }

    private IllegalStateException broken(String problem) {
        return new IllegalStateException("instruction " + index + ": " + problem);
    }
}
