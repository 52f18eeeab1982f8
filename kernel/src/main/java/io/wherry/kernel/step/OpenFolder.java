package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Opens a folder by its path on the host; everything below it is then named relative to the descriptor.
 *
 * @param path absolute
 * @param folder filled
 */
public record OpenFolder(String path, Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                folder.number(),
                Call.OPENAT,
                Strand.CWD,
                out.string(path),
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                0);
    }

    /** Opens one that may be gone, as {@link Slot#T0}: for what a sweep does in it. Returns the mark of what is skipped then. */
    static int thatMayBeGone(Strand out, String path) {
        return out.callTo(
                        Slot.T0,
                        Call.OPENAT,
                        Strand.CWD,
                        out.string(path),
                        O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                        0)
                .skipOn(Errno.ENOENT);
    }

    @Override
    public String describe() {
        return "open " + path + " -> " + folder.name();
    }

    @Override
    public String why() {
        return "Named once and held by a descriptor, it cannot be exchanged for another one afterwards.";
    }
}
