package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_SET_DUMPABLE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Says whether others of the same user may look into this process.
 *
 * @param dumpable 0 hides it
 */
public record SetDumpable(boolean dumpable) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.PRCTL, PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, 0, 0);
    }

    @Override
    public String describe() {
        return dumpable
                ? "let helpers of the same user see this process"
                : "hide this process from others of the same user";
    }

    @Override
    public String why() {
        return dumpable
                ? "Helpers that map ids must look into /proc of this process, which is system root's while it is hidden."
                : "It holds descriptors of the host, which nobody with the same user id may reach through /proc.";
    }
}
