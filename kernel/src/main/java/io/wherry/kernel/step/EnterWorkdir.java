package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Changes into the working folder, as the container's user, and refuses one that its root does not reach.
 *
 * @param path absolute, in the container
 */
public record EnterWorkdir(String path) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.WORKDIR, out.string(path));
    }

    @Override
    public String describe() {
        return "change into " + path;
    }

    @Override
    public String why() {
        return "Done as the container's user, so that a folder closed to that user is refused; one outside of the root would be a way out.";
    }
}
