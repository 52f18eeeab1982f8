package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.RESOLVE_IN_ROOT;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_MAGICLINKS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Clones a file or folder below a folder that others write to, as a mount of its own, not attached yet.
 *
 * @param folder absolute path on the host
 * @param path below it, resolved as if it were the root
 * @param recursive with the mounts below it
 * @param mount filled
 */
public record CloneBelow(String folder, String path, boolean recursive, Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, out.string(folder), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        out.callTo(
                Slot.T1,
                Call.OPENAT2,
                Slot.T0,
                out.string(path),
                out.data().words(O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS),
                24);
        out.callTo(
                mount.number(),
                Call.OPEN_TREE,
                Slot.T1,
                out.string(""),
                AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0));
    }

    @Override
    public String describe() {
        return "clone " + path + " in " + folder + (recursive ? " and what is mounted below it" : "") + " -> "
                + mount.name();
    }

    @Override
    public String why() {
        return "Whoever writes in that folder may put a link there at any time; it leads no farther than the folder.";
    }
}
