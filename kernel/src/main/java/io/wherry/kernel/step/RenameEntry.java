package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Renames an entry: the point at which a removal can no longer be undone. Absent is success.
 *
 * @param from the folder it is in
 * @param name one name
 * @param to the folder it goes to
 * @param newName one name
 */
public record RenameEntry(Slot from, String name, Slot to, String newName) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.RENAMEAT2, from.number(), out.string(name), to.number(), out.string(newName), 0)
                .okIf(Errno.ENOENT);
    }

    @Override
    public String describe() {
        return "rename " + name + " in " + from.name() + " to " + newName + " in " + to.name();
    }

    @Override
    public String why() {
        return "One rename decides: before it nothing is lost, behind it the rest can be removed by anybody.";
    }
}
