package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Waits for a child to end with 0.
 *
 * @param pidfd the child
 */
public record AwaitExit(Slot pidfd) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.WAIT, pidfd.number());
    }

    @Override
    public String describe() {
        return "wait for the end of " + pidfd.name();
    }

    @Override
    public String why() {
        return "A child that failed must be noticed before anything is built on its work.";
    }
}
