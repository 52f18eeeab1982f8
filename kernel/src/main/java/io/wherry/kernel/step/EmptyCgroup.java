package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Kills whatever is left in a control group and removes it. Idempotent.
 *
 * @param hierarchy absolute path
 * @param parent one name
 * @param name one name
 * @param unified whether the hierarchy is of version 2
 */
public record EmptyCgroup(String hierarchy, String parent, String name, boolean unified) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = OpenFolder.thatMayBeGone(out, hierarchy + "/" + parent);
        int text = out.string(name);
        out.op(Op.KILLCG, Slot.T0, text, unified ? 1 : 0).ignore();
        out.op(Op.RMCG, Slot.T0, text); // a group that stays keeps the intent, so that the next sweep tries again
        out.land(gone);
    }

    @Override
    public String describe() {
        return "kill and remove the control group " + hierarchy + "/" + parent + "/" + name;
    }

    @Override
    public String why() {
        return "Whatever the container left running is in its control group, and a group can be removed only when it is empty.";
    }
}
