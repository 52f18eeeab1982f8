package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Puts this process, which has one thread, into a control group of version 1. By {@code tasks} and {@code 0}: the kernel moves one thread, the caller's own, without its
 * lock over all thread groups (cgroup_procs_write_start, since Linux 5.5). Any other write waits for a grace period of 8 to 20 ms.
 *
 * @param hierarchy a folder of the hierarchy, opened while it can be named
 * @param group the control group's path below it
 */
public record JoinCgroup(Slot hierarchy, String group) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.WRITE, hierarchy.number(), out.string(group + "/tasks"), out.string("0"), 1, 0);
    }

    @Override
    public String describe() {
        return "join " + group + " of " + hierarchy.name();
    }

    @Override
    public String why() {
        return "Limits hold for who is in the group, so it is joined before the container's program begins.";
    }
}
