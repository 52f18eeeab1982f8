package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.RESOLVE_IN_ROOT;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_MAGICLINKS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Clones a file or folder of a mount that is not attached, as a mount of its own (Linux 6.15).
 *
 * @param whole the mount
 * @param path in it, resolved as if it were the root
 * @param mount filled
 */
public record CloneWithin(Slot whole, String path, Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                Slot.T0,
                Call.OPENAT2,
                whole.number(),
                out.string(path),
                out.data().words(O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS),
                24);
        out.callTo(
                mount.number(),
                Call.OPEN_TREE,
                Slot.T0,
                out.string(""),
                AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    }

    @Override
    public String describe() {
        return "clone " + path + " of " + whole.name() + " -> " + mount.name();
    }

    @Override
    public String why() {
        return "Only a part of it is to be seen, and a link on the way leads no farther than the whole.";
    }
}
