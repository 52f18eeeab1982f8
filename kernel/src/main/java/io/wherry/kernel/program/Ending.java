package io.wherry.kernel.program;

/**
 * Checks how a strand that executes a program ends: a death signal, and not dumpable, behind the last change of credentials, since the kernel resets both then; close_range right
 * before the first EXEC, so that no descriptor of the host gets in but those that PASS names in between; and behind it only EXEC and FAIL. No skip leads past any of them. Stateless.
 */
final class Ending {
    private Ending() {}

    /** {@return the first broken rule, with the instruction that breaks it, or null} */
    static @org.jspecify.annotations.Nullable Broken check(Instruction[] code, int start) {
        int death = -1;
        int hidden = -1;
        int exec = 0;
        for (; exec < code.length && code[exec].op() != Op.EXEC; exec++) {
            if (changesCredentials(code[exec])) {
                death = -1;
                hidden = -1;
            } else if (sets(code[exec], Linux.PR_SET_PDEATHSIG, Linux.SIGKILL)) {
                death = exec;
            } else if (sets(code[exec], Linux.PR_SET_DUMPABLE, 0)) {
                hidden = exec;
            }
        }
        int closing = exec - 1;
        while (closing >= 0 && exec < code.length && code[closing].op() == Op.PASS) {
            closing--;
        }
        for (int i = 0; i < code.length; i++) {
            if (code[i].op() == Op.PASS && (exec == code.length || i < closing)) {
                return new Broken(start + i, "PASS in front of close_range, or without an EXEC");
            }
        }
        if (exec == code.length) {
            return null;
        }
        if (closing < 0 || !isLastClosing(code[closing])) {
            return new Broken(start + exec, "an EXEC without close_range(3, ~0, CLOSE_RANGE_CLOEXEC) right before it");
        }
        if (death < 0 || hidden < 0) {
            String missing = death < 0 ? "no death signal" : "a process that others may look into";
            return new Broken(start + exec, missing + " behind the last change of credentials");
        }
        for (int i = 0; i < exec; i++) {
            int target = i + 1 + code[i].skip();
            boolean passes = (i < death && target > death) || (i < hidden && target > hidden) || target > closing;
            if (code[i].skip() > 0 && passes) {
                return new Broken(start + i, "a skip past the death signal, PR_SET_DUMPABLE, or close_range");
            }
        }
        for (int i = exec; i < code.length; i++) {
            if (code[i].op() != Op.EXEC && code[i].op() != Op.FAIL) {
                return new Broken(start + i, "only EXEC and FAIL follow an EXEC");
            }
        }
        return null;
    }

    /** A broken rule. */
    record Broken(int instruction, String problem) {}

    private static boolean isCall(Instruction instruction, Call call) {
        return instruction.op() == Op.SYS && instruction.operands()[0] == call.number();
    }

    /** Entering a user namespace gives all capabilities in it. Where setns is not told the kind, it may be one. */
    private static boolean changesCredentials(Instruction instruction) {
        long second = instruction.operands()[2];
        return isCall(instruction, Call.SETRESUID)
                || isCall(instruction, Call.SETRESGID)
                || isCall(instruction, Call.CAPSET)
                || (isCall(instruction, Call.SETNS) && (second == 0 || (second & Linux.CLONE_NEWUSER) != 0))
                || (isCall(instruction, Call.UNSHARE) && (instruction.operands()[1] & Linux.CLONE_NEWUSER) != 0);
    }

    private static boolean sets(Instruction instruction, int option, int value) {
        return isCall(instruction, Call.PRCTL)
                && instruction.policy() == Policy.ABORT
                && instruction.operands()[1] == option
                && instruction.operands()[2] == value;
    }

    private static boolean isLastClosing(Instruction instruction) {
        return isCall(instruction, Call.CLOSE_RANGE)
                && instruction.policy() == Policy.ABORT
                && instruction.operands()[1] == 3
                && (int) instruction.operands()[2] == -1
                && instruction.operands()[3] == Linux.CLOSE_RANGE_CLOEXEC;
    }
}
