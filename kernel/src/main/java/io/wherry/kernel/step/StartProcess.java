package io.wherry.kernel.step;

import io.wherry.kernel.program.Linux;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Starts the process of another strand in new namespaces (clone3(2)).
 *
 * @param namespaces what is its own
 * @param strand what it runs
 * @param cgroup a control group of version 2 to start in, or {@link Slot#NONE}
 * @param parent our end of the pair
 * @param child its end
 * @param pidfd filled
 */
public record StartProcess(Namespaces namespaces, int strand, Slot cgroup, Slot parent, Slot child, Slot pidfd)
        implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(
                pidfd.number(), Op.CLONE, namespaces.flags(), strand, cgroup.number(), parent.number(), child.number());
    }

    @Override
    public String describe() {
        boolean sister = (namespaces.flags() & Linux.CLONE_PARENT) != 0;
        String own = namespaces.text();
        return "start strand " + strand + (sister ? " as a child of our parent" : "")
                + (own.equals("none") ? "" : " in new namespaces: " + own)
                + (cgroup.number() < 0 ? "" : ", inside " + cgroup.name());
    }

    @Override
    public String why() {
        return "A process gets its namespaces at birth, and the first in a new pid namespace is its pid 1.";
    }
}
