package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.CLONE_NEWNS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/** Gives the process a mount namespace of its own (unshare(2)). */
public record NewMountNamespace() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UNSHARE, CLONE_NEWNS);
    }

    @Override
    public String describe() {
        return "new mount namespace";
    }

    @Override
    public String why() {
        return "Mounts made from here on must not be seen by the host.";
    }
}
