package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
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
        int gone = out.callTo(
                        Slot.T0,
                        Call.OPENAT,
                        Strand.CWD,
                        out.string(folder),
                        O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                        0)
                .skipOn(Errno.ENOENT);
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
