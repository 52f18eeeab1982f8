package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Makes the working folder if the image has none, inside the root.
 *
 * @param root the container's root
 * @param path absolute, in the container
 */
public record MakeWorkdir(Slot root, String path) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.MAKEPATH, root.number(), out.string(path.substring(1)), 0);
    }

    @Override
    public String describe() {
        return "make " + path + " unless it is there";
    }

    @Override
    public String why() {
        return "The folder was named for the program to start in, so its absence in the image is no error.";
    }
}
