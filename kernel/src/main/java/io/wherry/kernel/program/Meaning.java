package io.wherry.kernel.program;

import java.nio.ByteBuffer;

/** Checks what the types of an instruction's operands do not say. Operands have been found to lie inside the data. Stateless. */
final class Meaning {
    private static final long OPEN_FLAGS = Linux.O_CREAT
            | Linux.O_EXCL
            | Linux.O_TRUNC
            | Linux.O_APPEND
            | Linux.O_NONBLOCK
            | Linux.O_SYNC
            | Linux.O_CLOEXEC;
    private static final int LARGEST_READ = 1 << 20;
    private static final int LAST_BARRIER = 9;
    private static final int LONGEST_PATH = 4096;
    private static final int ERRNOS = 4096;
    private static final int PID_SLOT = 12;
    private static final int LARGEST_PID = 1 << 22;
    private static final int LONGEST_CODE = 4096;
    private static final int LONGEST_ANSWER = 600_000;
    private static final int REQUEST_HEADER = 10;
    private static final int REQUEST_VERSION = 29;
    private static final int SERVICE = 192;
    private static final int SERVICE_FRAME = 64;

    private Meaning() {}

    /** {@return what is wrong, or an empty string} */
    static String problem(Instruction instruction, int strand, int flags, ByteBuffer data) {
        Op op = instruction.op();
        long[] v = instruction.operands();
        if (Assembler.sweeps(strand) && !sweeps(instruction)) {
            return op + " in the sweep";
        }
        boolean child = strand != Assembler.PILOT && strand < Assembler.REMOVAL && strand != Assembler.BETWEEN;
        boolean sound = true;
        if (op == Op.WRITE) {
            sound = (v[4] & ~OPEN_FLAGS) == 0;
        } else if (op == Op.READ) {
            sound = (flags & KernelProgram.PROBE) != 0 && v[2] > 0 && v[2] <= LARGEST_READ;
        } else if (op == Op.SEND || op == Op.RECV) {
            sound = v[1] > 0 && v[1] <= LAST_BARRIER && (op == Op.SEND || v[2] == 0 || v[2] == 1);
        } else if (op == Op.SPAWN) {
            sound = v[1] > 0 && data.get((int) v[0]) == '/';
        } else if (op == Op.PUTPID) {
            sound = isPidSlot(v[0], v[1], data);
        } else if (op == Op.EXEC) {
            sound = (flags & KernelProgram.STARTS_CONTAINER) != 0 && child && v[2] > 0;
        } else if (op == Op.FAIL) {
            sound = instruction.policy() == Policy.ABORT && v[0] >= 0 && v[0] < ERRNOS;
        } else if (op == Op.INIT) {
            sound = child && v[0] >= 0 && v[0] <= 3;
        } else if (op == Op.KILLCG) {
            sound = isBelow(data, (int) v[1], false) && (v[2] == 0 || v[2] == 1);
        } else if (op == Op.RMCG) {
            sound = isBelow(data, (int) v[1], false);
        } else if (op == Op.RMTREE || op == Op.RECORD || op == Op.KILLREC) {
            sound = isBelow(data, (int) v[1], true);
        } else if (op == Op.MAKEPATH) {
            sound = data.get((int) v[1]) != '/'
                    && KernelProgram.length(data, (int) v[1]) < LONGEST_PATH
                    && v[2] >= 0
                    && v[2] <= 2;
        } else if (op == Op.DEVICES) {
            // without a folder nothing would be limited, and nobody would notice: that is for a question only
            boolean asks = v[0] == Strand.NONE && (flags & KernelProgram.PROBE) != 0;
            sound = v[2] > 0 && v[2] <= LONGEST_CODE && (v[0] >= 0 || asks);
        } else if (op == Op.PROCESS) {
            sound = v[0] > 0 && v[0] <= LARGEST_PID && v[1] > 0;
        } else if (op == Op.ASK) {
            sound = strand == Assembler.PILOT
                    && v[3] >= 0
                    && v[3] <= LONGEST_ANSWER
                    && isRequest(data, (int) v[1], (int) v[2]);
        } else if (op == Op.FOLLOW) {
            sound = strand == Assembler.PILOT && v[0] >= 0 && DeviceRuleCheck.areSound(data, (int) v[2], v[3]);
        } else if (op == Op.SHIM) {
            sound = strand == Assembler.PILOT
                    && v[5] == (v[3] < 0 ? 0 : SERVICE)
                    && isService(data, (int) v[4], (int) v[5]);
        } else if (op == Op.ADOPT || op == Op.CONSOLE) {
            sound = strand == Assembler.PILOT;
        } else if (op == Op.SYS && v[0] == Call.DUP3.number()) {
            sound = (v[2] >= 0 && v[2] <= 2) || (v[2] >= 8 && v[2] <= Verifier.LAST_DESCRIPTOR);
        }
        return sound ? "" : op + " with an operand that it may not have";
    }

    /** A frame of ttrpc in which only numbers are set: its length, its kind, and where its service's version stands. */
    static boolean isRequest(ByteBuffer data, int at, int length) {
        if (length <= REQUEST_VERSION) {
            return false;
        }
        int body = Integer.reverseBytes(data.getInt(at));
        byte version = data.get(at + REQUEST_VERSION);
        return body == length - REQUEST_HEADER && data.get(at + 8) == 1 && (version == '2' || version == '3');
    }

    /** Three short frames of ttrpc: a request, and two answers. */
    private static boolean isService(ByteBuffer data, int at, int length) {
        boolean sound = true;
        for (int frame = 0; frame < length; frame += SERVICE_FRAME) {
            int body = Integer.reverseBytes(data.getInt(at + frame));
            int type = data.get(at + frame + 8);
            sound &= body >= 0 && body <= SERVICE_FRAME - REQUEST_HEADER && type == (frame == 0 ? 1 : 2);
        }
        return sound;
    }

    /** A helper must be one that is waited for, and may fail. */
    private static boolean sweeps(Instruction instruction) {
        Op op = instruction.op();
        boolean helps = instruction.dst() < 0 && instruction.policy() == Policy.IGNORE;
        return op != Op.CLONE
                && op != Op.EXEC
                && (op != Op.SPAWN || helps)
                && op != Op.MONITOR
                && op != Op.SEND
                && op != Op.RECV
                && op != Op.INIT;
    }

    /** What is in the slot before keeps every string around it well-formed before and after PUTPID. */
    private static boolean isPidSlot(long at, long form, ByteBuffer data) {
        if (at < 8 || at + PID_SLOT > data.capacity() || form < 0 || form > 1) {
            return false;
        }
        for (int i = 0; i < PID_SLOT; i++) {
            if (data.get((int) at + i) != (form == 0 || i == PID_SLOT - 1 ? 0 : ' ')) {
                return false;
            }
        }
        return true;
    }

    /** A path below a folder: relative, without empty names, `.` and `..`; or one name only. */
    private static boolean isBelow(ByteBuffer data, int at, boolean single) {
        int length = KernelProgram.length(data, at);
        int name = at;
        for (int i = at; i <= at + length; i++) {
            boolean end = i == at + length;
            if (end || data.get(i) == '/') {
                int size = i - name;
                boolean dot = size == 1 && data.get(name) == '.';
                boolean up = size == 2 && data.get(name) == '.' && data.get(name + 1) == '.';
                if (size == 0 || dot || up || (single && !end)) {
                    return false;
                }
                name = i + 1;
            }
        }
        return length < LONGEST_PATH;
    }
}
