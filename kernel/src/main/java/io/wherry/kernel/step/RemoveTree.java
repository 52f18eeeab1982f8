package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Removes a tree, whatever is in it. No link is followed and no mount is crossed; absent is success.
 *
 * @param folder where
 * @param name one name
 */
public record RemoveTree(Slot folder, String name) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.RMTREE, folder.number(), out.string(name));
    }

    @Override
    public String describe() {
        return "remove the tree " + name + " in " + folder.name();
    }

    @Override
    public String why() {
        return "Nobody refers to the container any more; its files may hold anything, so no link is followed.";
    }
}
