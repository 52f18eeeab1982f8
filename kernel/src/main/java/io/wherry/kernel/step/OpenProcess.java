package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Opens a process that was recorded, and no stranger that has got its number since (pidfd_open(2)): who started at another time is ESRCH.
 *
 * @param pid as this host counts
 * @param start when it started, in clock ticks since the boot (proc_pid_stat(5), field 22)
 * @param pidfd filled
 */
public record OpenProcess(int pid, long start, Slot pidfd) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(pidfd.number(), Op.PROCESS, pid, start);
    }

    @Override
    public String describe() {
        return "open process " + pid + ", if it is the one that started at " + start + " -> " + pidfd.name();
    }

    @Override
    public String why() {
        return "A number may belong to a stranger by now, while a descriptor stays with one process.";
    }
}
