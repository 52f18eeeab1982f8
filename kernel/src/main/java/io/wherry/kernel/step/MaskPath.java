package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.FSCONFIG_CMD_CREATE;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_STRING;
import static io.wherry.kernel.program.Linux.FSMOUNT_CLOEXEC;
import static io.wherry.kernel.program.Linux.FSOPEN_CLOEXEC;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_NODEV;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_NOEXEC;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_NOSUID;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_RDONLY;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_T_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.RESOLVE_BENEATH;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_SYMLINKS;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_XDEV;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Hides a path of a kernel filesystem behind an empty folder or the null device. The target is found through our own descriptor of that
 * filesystem, never by a path that the container could have prepared. Absent is success.
 *
 * @param filesystem the mount that the path is in: proc, sysfs
 * @param path relative to it
 * @param devices our /dev, whose `null` covers files
 */
public record MaskPath(Slot filesystem, String path, Slot devices) implements Step {
    @Override
    public void lower(Strand out) {
        int text = out.string(path);
        long resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
        int empty = out.string("");
        int absent = out.callTo(
                        Slot.T0,
                        Call.OPENAT2,
                        filesystem.number(),
                        text,
                        out.data().words(O_PATH | O_CLOEXEC, 0, resolve),
                        24)
                .skipOn(Errno.ENOENT);
        int isFolder = out.callTo(
                        Slot.T0,
                        Call.OPENAT2,
                        filesystem.number(),
                        text,
                        out.data().words(O_PATH | O_CLOEXEC | O_DIRECTORY, 0, resolve),
                        24)
                .elseOn(Errno.ENOTDIR);
        out.callTo(Slot.T1, Call.OPEN_TREE, devices.number(), out.string("null"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        int done = out.call(
                        Call.MOVE_MOUNT,
                        Slot.T1,
                        empty,
                        Slot.T0,
                        empty,
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
                .elseOn(Errno.EINVAL);
        out.land(isFolder);
        out.callTo(Slot.T1, Call.FSOPEN, out.string("tmpfs"), FSOPEN_CLOEXEC);
        out.call(Call.FSCONFIG, Slot.T1, FSCONFIG_SET_STRING, out.string("mode"), out.string("0555"), 0);
        out.call(Call.FSCONFIG, Slot.T1, FSCONFIG_CMD_CREATE, 0, 0, 0);
        out.callTo(
                Slot.T2,
                Call.FSMOUNT,
                Slot.T1,
                FSMOUNT_CLOEXEC,
                MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        out.call(Call.MOVE_MOUNT, Slot.T2, empty, Slot.T0, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        out.land(absent);
        out.land(done);
    }

    @Override
    public String describe() {
        return "mask " + path + " in " + filesystem.name();
    }

    @Override
    public String why() {
        return "It tells about the host or steers it, and a namespace does not cover it.";
    }
}
