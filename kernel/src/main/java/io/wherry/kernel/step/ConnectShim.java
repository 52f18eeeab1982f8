package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Connects to a containerd shim, at the address that it printed.
 *
 * @param said a pipe or a file with the address
 * @param child the process that lets the shim start, which is waited for, at most 30 s; or {@link Slot#NONE}
 * @param folder where the address is kept for executions, in {@code shim}; or {@link Slot#NONE}
 * @param socket filled
 */
public record ConnectShim(Slot said, Slot child, Slot folder, Slot socket) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(socket.number(), Op.SHIM, said.number(), child.number(), folder.number());
    }

    @Override
    public String describe() {
        return "connect to the shim at the address that " + said.name() + " says -> " + socket.name();
    }

    @Override
    public String why() {
        return "Every shim chooses its address and the version that it speaks by itself, and says so only once it runs.";
    }
}
