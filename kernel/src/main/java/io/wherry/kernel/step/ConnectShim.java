package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Connects to a containerd shim, at the address that it printed.
 *
 * @param said a pipe or a file with the address
 * @param child the process that lets the shim start, which is waited for, at most 30 s; or {@link Slot#NONE}
 * @param folder where the address is kept for executions, in {@code shim}; or {@link Slot#NONE}
 * @param events the listening socket at which its events are answered from now on, or {@link Slot#NONE}
 * @param service what is answered there: three frames of ttrpc, 64 bytes of room for each: how a request begins, the answer to it, the answer to any other; empty without socket
 * @param socket filled
 */
public record ConnectShim(Slot said, Slot child, Slot folder, Slot events, byte[] service, Slot socket)
        implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(
                socket.number(),
                Op.SHIM,
                said.number(),
                child.number(),
                folder.number(),
                events.number(),
                service.length == 0 ? 0 : out.data().block(service),
                service.length);
    }

    @Override
    public String describe() {
        return "connect to the shim at the address that " + said.name() + " says"
                + (events.number() < 0 ? "" : ", and answer its events at " + events.name()) + " -> " + socket.name();
    }

    @Override
    public String why() {
        return "Every shim chooses its address and the version that it speaks by itself, and says so only once it runs.";
    }
}
