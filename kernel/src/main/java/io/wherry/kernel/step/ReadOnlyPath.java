package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_RDONLY;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_T_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.RESOLVE_BENEATH;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_SYMLINKS;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_XDEV;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes a path of a kernel filesystem read-only by a mount of itself onto itself. Absent is success.
 *
 * @param filesystem the mount that the path is in
 * @param path relative to it
 */
public record ReadOnlyPath(Slot filesystem, String path) implements Step {
    @Override
    public void lower(Strand out) {
        int empty = out.string("");
        int absent = out.callTo(
                        Slot.T0,
                        Call.OPENAT2,
                        filesystem.number(),
                        out.string(path),
                        out.data()
                                .words(O_PATH | O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV),
                        24)
                .skipOn(Errno.ENOENT);
        out.callTo(
                Slot.T1,
                Call.OPEN_TREE,
                Slot.T0,
                empty,
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
        out.call(
                Call.MOUNT_SETATTR,
                Slot.T1,
                empty,
                AT_EMPTY_PATH | AT_RECURSIVE,
                out.data().words(MOUNT_ATTR_RDONLY, 0, 0, 0),
                32);
        out.call(Call.MOVE_MOUNT, Slot.T1, empty, Slot.T0, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        out.land(absent);
    }

    @Override
    public String describe() {
        return "make " + path + " in " + filesystem.name() + " read-only";
    }

    @Override
    public String why() {
        return "Programs read it, but writing there would change the host.";
    }
}
