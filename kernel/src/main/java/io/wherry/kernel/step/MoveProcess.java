package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Moves a process that runs into a control group, with all its threads; one that has ended needs none.
 *
 * @param group the control group
 * @param pid its number, as this process sees it
 */
public record MoveProcess(Slot group, long pid) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] digits = Long.toString(pid).getBytes(StandardCharsets.US_ASCII);
        out.op(Op.WRITE, group.number(), out.string("cgroup.procs"), out.data().block(digits), digits.length, 0)
                .okIf(Errno.ESRCH);
    }

    @Override
    public String describe() {
        return "move process " + pid + " into " + group.name();
    }

    @Override
    public String why() {
        return "Limits hold for who is in the group, and this process began outside of it.";
    }
}
