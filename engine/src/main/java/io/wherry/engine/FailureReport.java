package io.wherry.engine;

import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.step.CloneBelow;
import io.wherry.kernel.step.CloneWithin;
import io.wherry.kernel.step.MapMountOwners;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * What is said when a container's program failed: the sentence, the exit code, and a hint where the cause is established.
 *
 * @param exitCode 125 for a failure of ours, 126 if the command cannot be executed, 127 if it is not there
 * @param sentence what happened
 * @param hint what to do next; may be empty
 */
public record FailureReport(int exitCode, String sentence, String hint) {
    private static final int OURS = 125;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_THERE = 127;

    /** Of a container, with what its runtime's own log says last. */
    static FailureReport of(
            String name,
            List<String> command,
            KernelProgram program,
            Plan plan,
            Failure failure,
            Optional<String> words) {
        String what = "Cannot start `" + name + "`: ";
        if (isOfShim(failure)) {
            return ofTool(what, OURS, failure.text());
        }
        return isTools(failure) && words.isPresent()
                ? ofTool(what, OURS, words.get())
                : of(what, OURS, command, program, plan, failure);
    }

    /** A shim's answer stands in the record, its end first of all. */
    private static boolean isOfShim(Failure failure) {
        return failure.op() == Op.ASK.number() && !failure.text().isEmpty();
    }

    private static boolean isTools(Failure failure) {
        return failure.op() == Op.WAIT.number() || failure.op() == Op.ADOPT.number();
    }

    /** The runtime's own sentence tells whether it is the command's fault. */
    private static FailureReport ofTool(String what, int ours, String words) {
        boolean absent = (words.contains("executable file") && words.contains("not found"))
                || (words.contains("exec") && words.contains("o such file or directory"));
        boolean refused = words.contains("exec") && words.contains("ermission denied");
        return new FailureReport(
                absent ? NOT_THERE : refused ? NOT_EXECUTABLE : ours, what + "the runtime says: " + words + ".", "");
    }

    /** Of one more process in a container; Docker knows no code of its own for that. */
    static FailureReport ofExec(
            String name,
            List<String> command,
            KernelProgram program,
            Plan plan,
            Failure failure,
            Optional<String> words) {
        String what = "Cannot execute in `" + name + "`: ";
        if (isOfShim(failure)) {
            return ofTool(what, NOT_EXECUTABLE, failure.text());
        }
        if (isTools(failure) && words.isPresent()) {
            return ofTool(what, NOT_EXECUTABLE, words.get());
        }
        if (failure.op() == Op.WORKDIR.number() && failure.errno() == Errno.ENOENT.number()) {
            return new FailureReport(NOT_THERE, what + "the working folder `" + failure.text() + "` is not there.", "");
        }
        boolean gone = failure.op() == Op.PROCESS.number() || failure.errno() == Errno.ESRCH.number();
        if (gone) {
            return new FailureReport(NOT_EXECUTABLE, what + "the container has ended.", "");
        }
        return of(what, NOT_EXECUTABLE, command, program, plan, failure);
    }

    private static FailureReport of(
            String what, int ours, List<String> command, KernelProgram program, Plan plan, Failure failure) {
        String step = failure.step() < 0 ? "" : plan.step(failure.step()).describe();
        if (failure.errno() == Errno.ECANCELED.number()) {
            return new FailureReport(
                    ours,
                    what + "it was ended before step " + failure.step() + " (" + step + "), instruction "
                            + failure.instruction() + ".",
                    "");
        }
        if (failure.op() == Op.EXEC.number() || failure.op() == Op.FAIL.number()) {
            boolean absent = failure.errno() == Errno.ENOENT.number() || failure.errno() == Errno.ENOTDIR.number();
            String word = command.isEmpty() ? "" : command.get(0);
            return new FailureReport(
                    absent ? NOT_THERE : NOT_EXECUTABLE,
                    what + "the command `" + word + "` "
                            + (absent
                                    ? "was not found in the container (" + failure.errnoName() + ")."
                                    : "cannot be executed (" + failure.errnoName() + ")."),
                    absent ? "Check the spelling, and that the image has it." : "");
        }
        Call call = failure.op() == Op.SYS.number() ? Call.of(failure.call()) : null;
        String words = failure.text().isEmpty() ? "" : "; the kernel says: " + failure.text();
        String sentence = what + "step " + failure.step() + " (" + step + ") failed: "
                + (call == null ? opName(failure.op()) : call.label()) + " = " + failure.errnoName() + words + ".";
        String ofMount = failure.step() < 0 ? "" : hint(failure, plan.step(failure.step()));
        return new FailureReport(ours, sentence, ofMount.isEmpty() ? hint(failure, call, program) : ofMount);
    }

    private static String opName(int number) {
        Op op = Op.of(number);
        return op == null ? "operation " + number : op.name();
    }

    private static String hint(Failure failure, Step step) {
        if (step instanceof MapMountOwners && failure.errno() == Errno.EINVAL.number()) {
            return "That filesystem, or one that is mounted below, cannot map owners, at least not in this kernel; `bind-nonrecursive` leaves out what is below, and `U` changes owners for good.";
        }
        boolean below = step instanceof CloneBelow || step instanceof CloneWithin;
        if (below && failure.errno() == Errno.ENOENT.number()) {
            return "There is no such file or folder in it; a link leads nowhere but into it.";
        }
        return "";
    }

    private static String hint(Failure failure, @org.jspecify.annotations.Nullable Call call, KernelProgram program) {
        if (failure.op() == Op.CLONE.number() && failure.errno() == Errno.EPERM.number()) {
            return "Possible cause: user namespaces are not allowed for this user; `wherry doctor` tells.";
        }
        if (failure.op() == Op.CLONE.number() && failure.errno() == Errno.ENOSPC.number()) {
            return "Possible cause: user.max_user_namespaces is 0; `wherry doctor` tells.";
        }
        if (failure.errno() == Errno.ENOSPC.number()) {
            return "A disk is full, most likely that of the state folder. Free some space there, for instance with `wherry rm` and `wherry rmi`, and try again.";
        }
        if (failure.op() == Op.MAKEPATH.number() && failure.errno() == Errno.EBUSY.number()) {
            return "The target leads to the container's root, which nothing can be mounted over: name another, or mend the link.";
        }
        if (call == Call.OPEN_TREE && failure.errno() == Errno.ENOENT.number()) {
            return "The source of a bind is not there any more.";
        }
        return failure.instruction() >= 0 && failure.instruction() < program.size()
                ? "The instruction was " + Disassembler.print(program, failure.instruction())
                        + (failure.strand() == Assembler.PILOT ? "" : " in strand " + failure.strand()) + "."
                : "";
    }
}
