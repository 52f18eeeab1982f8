package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Removes a file if it is there.
 *
 * @param folder where
 * @param name one name
 */
public record RemoveFile(Slot folder, String name) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UNLINKAT, folder.number(), out.string(name), 0).okIf(Errno.ENOENT);
    }

    @Override
    public String describe() {
        return "remove " + name + " from " + folder.name();
    }

    @Override
    public String why() {
        return "What it says is not true any more.";
    }
}
