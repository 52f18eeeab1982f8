package io.wherry.kernel.step;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Lets a container's address through the firewall, and puts the firewall right.
 *
 * <p>The rules are applied each time, since others may have flushed or edited them. If the set of addresses is gone (somebody emptied
 * the whole rule set), everyone's address goes back, not ours alone: else the containers that run would stay cut off.
 *
 * @param socket a NETLINK_NETFILTER socket
 * @param own adds the container's address
 * @param rules makes table, chains, sets and rules what they should be
 * @param everyone adds the addresses of all containers that hold one, this one's too
 * @param what for people
 */
public record AdmitAddress(Slot socket, Batch own, Batch rules, Batch everyone, String what) implements Step {
    @Override
    public void lower(Strand out) {
        int there = SendNetlink.send(out, socket.number(), own).elseOn(Errno.ENOENT);
        SendNetlink.send(out, socket.number(), rules);
        SendNetlink.send(out, socket.number(), everyone);
        out.land(there);
        SendNetlink.send(out, socket.number(), rules);
    }

    @Override
    public String describe() {
        return what;
    }

    @Override
    public String why() {
        return "The firewall drops packets of addresses that it does not know, so that a freed address reaches nobody.";
    }
}
