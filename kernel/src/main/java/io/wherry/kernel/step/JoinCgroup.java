package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Puts the process that was started last into a control group. The parent does it while the child mounts, since in a version 1 hierarchy
 * the first attach waits for the kernel's grace period.
 *
 * @param folder the control group
 */
public record JoinCgroup(Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        int pid = out.data().block(new byte[12]);
        out.op(Op.PUTPID, pid, 0);
        out.op(Op.WRITE, folder.number(), out.string("cgroup.procs"), pid, 12, 0);
    }

    @Override
    public String describe() {
        return "put the process into " + folder.name();
    }
}
