package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Removes an entry of a folder, if folder and entry are there: what a sweep does, from any state and any number of times.
 *
 * @param folder absolute path of the folder
 * @param name one name
 */
public record RemoveBelow(String folder, String name) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = OpenFolder.thatMayBeGone(out, folder);
        out.op(Op.RMTREE, Slot.T0, out.string(name));
        out.land(gone);
    }

    @Override
    public String describe() {
        return "remove " + name + " from " + folder;
    }

    @Override
    public String why() {
        return "Clean-up is by name, so that anybody can do it after any death, as often as needed.";
    }
}
