package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_SET_CHILD_SUBREAPER;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/** Makes this process the parent of all that its descendants leave behind, as the monitor must be of what a tool starts and leaves (prctl(2)). */
public record AdoptOrphans() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }

    @Override
    public String describe() {
        return "become the parent of orphaned descendants";
    }

    @Override
    public String why() {
        return "A tool leaves the container behind when it has started it; its exit code is told to whoever is its parent then.";
    }
}
