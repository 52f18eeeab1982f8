package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens the network namespace that this process is in, to come back to it, or to hand it over.
 *
 * @param namespace filled
 */
public record OpenOwnNetwork(Slot namespace) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                namespace.number(), Call.OPENAT, Strand.CWD, out.string("/proc/self/ns/net"), O_RDONLY | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "open the network namespace of this process -> " + namespace.name();
    }

    @Override
    public String why() {
        return "The tool works in the host's network, where its own commands look for it, and is handed the container's.";
    }
}
