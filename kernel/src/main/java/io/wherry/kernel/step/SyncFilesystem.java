package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Waits until everything written to a filesystem is on its disk (syncfs(2)).
 *
 * @param folder any folder of it
 */
public record SyncFilesystem(Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.SYNCFS, folder.number());
    }

    @Override
    public String describe() {
        return "sync the filesystem of " + folder.name();
    }

    @Override
    public String why() {
        return "What is not on the disk yet would be lost with the power.";
    }
}
