package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Notes that the container runs: the given lines, then its pid, start time and the monitor's pid, by rename.
 *
 * @param folder the volatile folder
 * @param name one name
 * @param text `key value` lines put first
 */
public record RecordStarted(Slot folder, String name, byte[] text) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.RECORD, folder.number(), out.string(name), out.data().block(text), text.length);
    }

    @Override
    public String describe() {
        return "record in " + folder.name() + " that it runs";
    }

    @Override
    public String why() {
        return "From here on every command knows the container's process, and that no later one of the same number is meant.";
    }
}
