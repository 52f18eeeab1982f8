package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Sends a batch of messages to the kernel and collects the acknowledgements.
 *
 * @param socket a netlink socket
 * @param messages as the encoders of netlink and nftables make them
 * @param acknowledgements how many to wait for
 * @param what for people
 */
public record SendNetlink(Slot socket, byte[] messages, int acknowledgements, String what) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.NETLINK, socket.number(), out.data().block(messages), messages.length, acknowledgements);
    }

    @Override
    public String describe() {
        return what;
    }
}
