package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.FSCONFIG_CMD_CREATE;
import static io.wherry.kernel.program.Linux.FSMOUNT_CLOEXEC;
import static io.wherry.kernel.program.Linux.FSOPEN_CLOEXEC;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_T_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Covers a folder of the host with an empty one, in a mount namespace of this process's own, if the folder is there. What is mounted there may be locked, so it is not detached
 * (mount_namespaces(7)).
 *
 * @param path absolute path on the host
 */
public record CoverFolder(String path) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, out.string(path), O_PATH | O_DIRECTORY | O_CLOEXEC, 0)
                .skipOn(Errno.ENOENT, Errno.ENOTDIR);
        out.callTo(Slot.T1, Call.FSOPEN, out.string("tmpfs"), FSOPEN_CLOEXEC);
        out.call(Call.FSCONFIG, Slot.T1, FSCONFIG_CMD_CREATE, 0, 0, 0);
        out.callTo(Slot.T2, Call.FSMOUNT, Slot.T1, FSMOUNT_CLOEXEC, 0);
        int empty = out.string("");
        out.call(Call.MOVE_MOUNT, Slot.T2, empty, Slot.T0, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        out.land(gone);
    }

    @Override
    public String describe() {
        return "cover " + path + " with an empty folder";
    }

    @Override
    public String why() {
        return "The tool would refuse what it sees there, or make groups of its own and leave them; the container is in Wherry's.";
    }
}
