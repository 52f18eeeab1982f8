package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AF_UNIX;
import static io.wherry.kernel.program.Linux.SOCK_CLOEXEC;
import static io.wherry.kernel.program.Linux.SOCK_SEQPACKET;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes the pair of sockets over which parent and child wait for each other.
 *
 * @param parent filled
 * @param child filled, the number behind it
 */
public record MakeSocketPair(Slot parent, Slot child) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(parent.number(), Call.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0);
    }

    @Override
    public String describe() {
        return "socket pair -> " + parent.name() + ", " + child.name();
    }

    @Override
    public String why() {
        return "Parent and child must take turns, and the end of the socket tells one that the other died.";
    }
}
