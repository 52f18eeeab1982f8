package io.wherry.network;

import io.wherry.kernel.netlink.RouteBatch;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenNetlink;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendNetlink;
import io.wherry.kernel.step.Slot;

/** No network but the container's own loopback interface, which the kernel makes down. For any user. */
public final class LoopbackNetwork implements NetworkAttachment {
    /** The attachment of {@code --network none}. */
    public LoopbackNetwork() {}

    @Override
    public boolean needsPilot() {
        return false;
    }

    @Override
    public void pilot(Plan plan, int strand, Slot namespace) {}

    @Override
    public void inside(Plan plan, int strand) {
        Slot links = plan.slot("links inside");
        plan.add(strand, new OpenNetlink(Linux.NETLINK_ROUTE, links));
        plan.add(
                strand,
                new SendNetlink(
                        links,
                        new RouteBatch().setUp(RouteBatch.LOOPBACK).finish(),
                        "bring the loopback interface up"));
    }

    @Override
    public void sweep(Plan plan, int strand) {}
}
