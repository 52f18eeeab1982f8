package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens the mount namespace that this process is in, to come back to it.
 *
 * @param namespace filled
 */
public record OpenOwnMounts(Slot namespace) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                namespace.number(), Call.OPENAT, Strand.CWD, out.string("/proc/self/ns/mnt"), O_RDONLY | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "open the mount namespace of this process -> " + namespace.name();
    }

    @Override
    public String why() {
        return "Only who is in a mount namespace may clone what is mounted there, and only from here can it be attached here.";
    }
}
