package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Kills the process that a record of {@link RecordStarted} names, if it still is that one: for a process that does not die with the monitor and may be in no control group.
 *
 * @param folder absolute path of the folder, which may be gone
 * @param name one name
 */
public record KillRecorded(String folder, String name) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = OpenFolder.thatMayBeGone(out, folder);
        out.op(Op.KILLREC, Slot.T0, out.string(name));
        out.land(gone);
    }

    @Override
    public String describe() {
        return "kill the process that " + name + " in " + folder + " records, if it is that one still";
    }

    @Override
    public String why() {
        return "Such a container does not die with the monitor, and a user's may be in no control group.";
    }
}
