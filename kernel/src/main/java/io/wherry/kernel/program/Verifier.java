package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks a whole program by the rules of docs/program.md ("What is checked"). The pilot checks the same again; here a broken rule is a defect of the
 * compiler and is reported with the instruction that breaks it. {@link Layout} has the header's rules, {@link Meaning} those of single instructions, {@link Ending} those of
 * a strand that executes a program.
 */
final class Verifier {
    static final int LAST_DESCRIPTOR = 250;
    private static final int FIRST_DESCRIPTOR = 8;
    private static final int STREAM = 5;
    private static final int REPLIES = 6;
    private static final int ERRNOS = 4096;
    private static final int LONGEST_FILTER = 4096;
    private static final int MONITOR_BLOCK = 128;
    private static final int MONITOR_FLAGS = 127;
    private static final int LOG_PROGRAM = 2;
    private static final int RESTART_POLICIES = 3;
    private static final int SIGNAL_LAST = 64;
    private static final int MONITOR_TARGET = 112;
    private static final int MONITOR_SHIM = 116;
    private static final int SHIM_BLOCK = 64;
    private static final int[] MONITOR_ZEROS = {60, 120, 124};
    private static final int[] MONITOR_DESCRIPTORS = {4, 8, 12, 16, 20, 24, 28, 44, 80};
    private static final long CLONE_FLAGS = Linux.CLONE_NEWNS
            | Linux.CLONE_NEWCGROUP
            | Linux.CLONE_NEWUTS
            | Linux.CLONE_NEWIPC
            | Linux.CLONE_NEWUSER
            | Linux.CLONE_NEWPID
            | Linux.CLONE_NEWNET
            | Linux.CLONE_NEWTIME
            | Linux.CLONE_PARENT
            | Linux.CLONE_PIDFD;

    private final KernelProgram program;
    private final ByteBuffer data;
    private final @Nullable Knowledge[] strands = new Knowledge[Assembler.STRANDS];
    private int index;

    private Verifier(KernelProgram program) {
        this.program = program;
        this.data = program.data();
    }

    /** What is known of a strand where the check has arrived. */
    private static final class Knowledge {
        final BitSet assigned;
        boolean pivoted;

        Knowledge(BitSet assigned, boolean pivoted) {
            this.assigned = assigned;
            this.pivoted = pivoted;
        }

        static Knowledge fresh() {
            BitSet standard = new BitSet(256);
            standard.set(0, 3);
            return new Knowledge(standard, false);
        }
    }

    /** For an assertion: {@return true}, or throws as {@link #verify} does, which tells more than an assertion could. */
    static boolean holds(KernelProgram program) {
        verify(program);
        return true;
    }

    static void verify(KernelProgram program) {
        String problem = Layout.problem(program.view());
        if (!problem.isEmpty()) {
            throw new IllegalStateException(problem);
        }
        Verifier verifier = new Verifier(program);
        Knowledge pilot = Knowledge.fresh();
        if ((program.flags() & KernelProgram.STEPPED) == 0) { // else they are the watcher's
            pilot.assigned.set(STREAM, REPLIES + 1);
        }
        verifier.strands[Assembler.PILOT] = pilot;
        verifier.strands[Assembler.BETWEEN] = Knowledge.fresh();
        verifier.strands[Assembler.REMOVAL] = Knowledge.fresh();
        verifier.strands[Assembler.SWEEP] = Knowledge.fresh();
        for (int strand = 0; strand < Assembler.STRANDS; strand++) {
            if (program.count(strand) > 0) {
                verifier.strand(strand);
            }
        }
    }

    private void strand(int strand) {
        int start = program.first(strand);
        index = start;
        Knowledge known = strands[strand];
        if (known == null) {
            throw broken("strand " + strand + " is started by nobody");
        }
        Instruction[] code = new Instruction[program.count(strand)];
        for (int i = 0; i < code.length; i++) {
            index = start + i;
            Instruction instruction = program.instruction(index);
            code[i] = instruction;
            policy(instruction, strand, code.length - i);
            results(instruction);
            operands(instruction, known);
            String problem = Meaning.problem(instruction, strand, program.flags(), data);
            if (!problem.isEmpty()) {
                throw broken(problem);
            }
            effects(instruction, strand, known);
        }
        Ending.Broken broken = Ending.check(code, start);
        if (broken != null) {
            index = broken.instruction();
            throw broken(broken.problem());
        }
    }

    private void policy(Instruction instruction, int strand, int left) {
        int listed = 0;
        int[] errnos = instruction.errnos();
        for (int i = 0; i < errnos.length; i++) {
            require(errnos[i] < ERRNOS && (errnos[i] == 0 || listed == i), "a policy's errors are not a list");
            listed += errnos[i] == 0 ? 0 : 1;
        }
        Policy policy = instruction.policy();
        boolean lists = policy == Policy.OK_IF || policy == Policy.SKIP || policy == Policy.STICKY;
        require(
                lists ? listed > 0 : listed == 0 || policy == Policy.ELSE,
                "a policy without its errors, or errors without a policy");
        boolean skips = policy == Policy.SKIP || policy == Policy.ELSE;
        require(instruction.skip() == 0 || skips, "a skip without a policy that skips");
        require(1 + instruction.skip() <= left, "a skip leaves the strand");
        require(policy != Policy.IGNORE || Assembler.sweeps(strand), "`ignore` outside the sweep");
        boolean probing = (program.flags() & KernelProgram.PROBE) != 0;
        require(probing || (policy != Policy.NOTE && instruction.op() != Op.READ), "a question outside a probe");
    }

    private void operands(Instruction instruction, Knowledge known) {
        Op op = instruction.op();
        long[] values = instruction.operands();
        if (op != Op.SYS) {
            for (int i = 0; i < op.operandCount(); i++) {
                operand(op.operand(i), values, 0, i, known);
            }
            for (int i = op.operandCount(); i < values.length; i++) {
                require(values[i] == 0, "an unused operand is set");
            }
            return;
        }
        Call call = Call.of((int) values[0]);
        if (call == null || call.number() != values[0]) {
            throw broken("an unknown call");
        }
        for (int i = 0; i < call.operandCount(); i++) {
            operand(call.operand(i), values, 1, i, known);
        }
        for (int i = call.operandCount() + 1; i < values.length; i++) {
            require(values[i] == 0, "an unused operand of " + call.label() + " is set");
        }
    }

    private void operand(Operand type, long[] values, int base, int at, Knowledge known) {
        long value = values[base + at];
        switch (type.kind()) {
            case FD -> {
                require(
                        value == Strand.NONE || value == Strand.CWD || (value >= 0 && value <= LAST_DESCRIPTOR),
                        "descriptor " + value);
                require(value < 0 || known.assigned.get((int) value), "descriptor " + value + " is not assigned");
            }
            case STR -> path(value, values, base, known);
            case STR_OPT -> {
                if (value != 0) {
                    path(value, values, base, known);
                }
            }
            case TEXT -> string(value);
            case IN -> block(value, type.size());
            case BUF -> {
                long count = values[base + type.lengthAt()];
                if (count != 0 || value != 0) {
                    counted(value, count, type.size());
                }
            }
            case FILTER -> {
                long count = values[base + type.lengthAt()];
                require(count > 0 && count <= LONGEST_FILTER, "a filter of no instructions, or too many");
                counted(value, count, type.size());
            }
            case STRS -> strings(value, values[base + type.lengthAt()]);
            case PAIR -> require(value == 0, "a pair's operand is set");
            case IMM, CALL -> {}
        }
    }

    /** Behind the change of root only the new root itself is named absolutely, or what openat2 resolves below a descriptor. */
    private void path(long offset, long[] values, int base, Knowledge known) {
        string(offset);
        boolean absolute = data.get((int) offset) == '/' && data.get((int) offset + 1) != 0;
        if (!known.pivoted || !absolute) {
            return;
        }
        Op op = program.instruction(index).op();
        boolean resolvedInside = op == Op.EXEC || op == Op.WORKDIR || op == Op.READ;
        if (base == 1 && values[0] == Call.OPENAT2.number() && values[1] >= 0) {
            block(values[3], 24);
            resolvedInside = (data.getLong((int) values[3] + 16) & Linux.RESOLVE_IN_ROOT) != 0;
        }
        if (!resolvedInside) {
            throw broken("the host path " + KernelProgram.string(data, (int) offset) + " behind the change of root");
        }
    }

    private void effects(Instruction instruction, int strand, Knowledge known) {
        Op op = instruction.op();
        long[] values = instruction.operands();
        if (op == Op.CLONE) {
            child(instruction, strand, known);
        } else if (op == Op.MONITOR) {
            monitor(instruction, strand, known);
        } else if (op == Op.SYS && changesRoot(values)) {
            known.pivoted = true;
        } else if (op == Op.SYS && values[0] == Call.DUP3.number()) {
            known.assigned.set((int) values[2]);
        }
        require(op != Op.PASS || !known.pivoted, "PASS into a container");
        int dst = instruction.dst();
        if (dst >= 0) {
            known.assigned.set(dst, dst + (result(instruction) == Operand.Result.PAIR ? 2 : 1));
        }
    }

    private static boolean changesRoot(long[] values) {
        boolean joins = values[0] == Call.SETNS.number() && (values[2] == 0 || (values[2] & Linux.CLONE_NEWNS) != 0);
        return joins || values[0] == Call.PIVOT_ROOT.number();
    }

    /** The child has what its parent has, but for the parent's end of the pair; the parent goes on without the child's. */
    private void child(Instruction instruction, int parent, Knowledge known) {
        long[] values = instruction.operands();
        require((values[0] & ~CLONE_FLAGS) == 0, "a CLONE with a flag that is not a namespace");
        require(
                values[1] > parent && values[1] < Assembler.REMOVAL && values[1] != Assembler.BETWEEN,
                "a CLONE names strand " + values[1]);
        int child = (int) values[1];
        require(program.count(child) > 0, "a CLONE names strand " + child + ", which is empty");
        require(strands[child] == null, "strand " + child + " is started twice");
        Knowledge inherited = new Knowledge((BitSet) known.assigned.clone(), known.pivoted);
        forget(inherited, values[3]);
        forget(known, values[4]);
        strands[child] = inherited;
    }

    private static void forget(Knowledge known, long descriptor) {
        if (descriptor >= FIRST_DESCRIPTOR) {
            known.assigned.clear((int) descriptor);
        }
    }

    private void monitor(Instruction instruction, int strand, Knowledge known) {
        boolean last = index == program.first(strand) + program.count(strand) - 1;
        require(
                strand == Assembler.PILOT && last && instruction.policy() == Policy.ABORT,
                "MONITOR is not the last instruction of the pilot's strand");
        long[] values = instruction.operands();
        require(values[2] == MONITOR_BLOCK, "a monitor block has 128 bytes");
        int at = (int) values[1];
        require((data.getInt(at) & ~MONITOR_FLAGS) == 0, "an unknown flag in a monitor block");
        for (int place : MONITOR_DESCRIPTORS) {
            int descriptor = data.getInt(at + place);
            require(
                    descriptor == Strand.NONE || (descriptor >= 0 && known.assigned.get(descriptor)),
                    "descriptor " + descriptor + " of a monitor block is not assigned");
        }
        int target = data.getInt(at + MONITOR_TARGET);
        require(target == 0 || (target > 0 && known.assigned.get(target)), "a process to signal that is not assigned");
        for (int place : MONITOR_ZEROS) {
            require(data.getInt(at + place) == 0, "a reserved byte of a monitor block is not zero");
        }
        int format = data.getInt(at + 48);
        int variables = data.getInt(at + 56);
        boolean log = format == LOG_PROGRAM
                ? (data.getInt(at + 52) & ~1) == 0 && variables >= 0 && variables < values[4]
                : format >= 0 && format < LOG_PROGRAM && (data.getInt(at + 52) | variables) == 0 && values[4] <= 1;
        require(log, "a log that the monitor does not know");
        int policy = data.getInt(at + 64);
        int again = data.getInt(at + 72);
        boolean made = again == 0 ? policy == 0 : again > 0 && again < instruction.step();
        int stopSignal = data.getInt(at + 76);
        require(
                policy >= 0 && policy < RESTART_POLICIES && made && stopSignal >= 0 && stopSignal <= SIGNAL_LAST,
                "a restart that the program is not made for");
        health(at, target == 0 ? (int) values[0] : target);
        shim(data.getInt(at + MONITOR_SHIM), data.getInt(at + 84), known);
    }

    private void shim(int at, int healthStrand, Knowledge known) {
        if (at == 0) {
            return;
        }
        block(at, SHIM_BLOCK);
        int socket = data.getInt(at);
        int log = data.getInt(at + 4);
        require(socket >= 0 && known.assigned.get(socket), "a connection to a shim that is not assigned");
        require(log == Strand.NONE || (log >= 0 && known.assigned.get(log)), "a shim's log that is not assigned");
        require(healthStrand == 0, "a health check beside a shim");
        for (int place = at + 8; place < at + SHIM_BLOCK; place += 8) {
            int request = data.getInt(place);
            int length = data.getInt(place + 4);
            if ((request | length) != 0) {
                block(request, length);
                require(Meaning.isRequest(data, request, length), "a request to a shim that is none");
            }
        }
    }

    /** The monitor runs that strand whenever a check is due, with nothing but the container and a place for the output. */
    private void health(int block, int process) {
        int strand = data.getInt(block + 84);
        int output = data.getInt(block + 108);
        if (strand == 0) {
            require(output == Strand.NONE, "a health check without a strand");
            return;
        }
        boolean timed = data.getInt(block + 88) > 0
                && data.getInt(block + 92) > 0
                && data.getInt(block + 100) > 0
                && data.getInt(block + 104) > 0;
        boolean runs = process >= 0
                && strand > 0
                && strand < Assembler.REMOVAL
                && strand != Assembler.BETWEEN
                && strands[strand] == null
                && program.count(strand) > 0;
        require(
                runs && timed && output >= FIRST_DESCRIPTOR && output <= LAST_DESCRIPTOR,
                "a health check that cannot be run");
        Knowledge known = Knowledge.fresh();
        known.assigned.set(process);
        known.assigned.set(output);
        strands[strand] = known;
    }

    private static Operand.Result result(Instruction instruction) {
        Call call = instruction.op() == Op.SYS ? Call.of((int) instruction.operands()[0]) : null;
        return call == null ? instruction.op().result() : call.result();
    }

    private void results(Instruction instruction) {
        int dst = instruction.dst();
        Operand.Result result = result(instruction);
        if (result == Operand.Result.NONE || (result == Operand.Result.FD_OPT && dst < 0)) {
            require(dst < 0, "a result where there is none");
            return;
        }
        int last = result == Operand.Result.PAIR ? dst + 1 : dst;
        require(dst >= FIRST_DESCRIPTOR && last <= LAST_DESCRIPTOR, "result descriptor " + dst);
    }

    private int string(long offset) {
        require(offset >= 8 && offset < data.capacity(), "a string outside the data");
        return KernelProgram.length(data, (int) offset);
    }

    private void strings(long offset, long count) {
        require(count >= 0 && (count > 0 || offset == 0), "an empty block with an offset");
        long at = offset;
        for (long i = 0; i < count; i++) {
            at += string(at) + 1L;
        }
    }

    private void counted(long offset, long count, int size) {
        require(count >= 0 && count <= data.capacity(), "a block outside the data");
        block(offset, count * size);
    }

    private void block(long offset, long length) {
        require(
                offset >= 8 && offset <= data.capacity() && length <= data.capacity() - offset,
                "a block outside the data");
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
