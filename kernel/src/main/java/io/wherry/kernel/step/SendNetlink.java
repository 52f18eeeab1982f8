package io.wherry.kernel.step;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Sends a batch of messages to the kernel and collects the acknowledgements.
 *
 * <p>With tolerated errors a batch should hold one message: the first error is the one that is judged, and what the kernel
 * thinks of the messages behind it is not read.
 *
 * @param socket a netlink socket
 * @param batch as the encoders of netlink and nftables make it
 * @param tolerated what counts as done: EEXIST for what may be there, ENODEV or ENOENT for what may be gone; at most four
 * @param what for people
 */
public record SendNetlink(Slot socket, Batch batch, List<Errno> tolerated, String what) implements Step {
    /** A batch of which every message must succeed. */
    public SendNetlink(Slot socket, Batch batch, String what) {
        this(socket, batch, List.of(), what);
    }

    @Override
    public void lower(Strand out) {
        send(out, socket.number(), batch);
        if (!tolerated.isEmpty()) {
            out.okIf(tolerated.toArray(new Errno[0]));
        }
    }

    static Strand send(Strand out, int socket, Batch batch) {
        return out.op(Op.NETLINK, socket, out.data().block(batch.bytes()), batch.bytes().length, batch.acks());
    }

    @Override
    public String describe() {
        return what;
    }

    @Override
    public String why() {
        return "The network is made by messages to the kernel; all of a batch are acknowledged, or the start fails.";
    }
}
