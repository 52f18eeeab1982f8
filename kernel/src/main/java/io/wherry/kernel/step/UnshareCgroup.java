package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.CLONE_NEWCGROUP;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Gives the process a control group namespace, so that its own group is the root it sees; behind the attach, which decides what the root is.
 */
public record UnshareCgroup() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UNSHARE, CLONE_NEWCGROUP);
    }

    @Override
    public String describe() {
        return "new control group namespace";
    }

    @Override
    public String why() {
        return "The group that a process is in now becomes the root it sees, so the host's tree of groups is hidden.";
    }
}
