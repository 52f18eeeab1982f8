package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MNT_DETACH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes a mount the root of this process and lets go of the host's tree. From here on no path of the host can be named.
 *
 * @param root the mount
 */
public record SwitchRoot(Slot root) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.MOVE_MOUNT, root.number(), out.string(""), Strand.CWD, out.string("/"), MOVE_MOUNT_F_EMPTY_PATH);
        out.call(Call.FCHDIR, root.number());
        int here = out.string(".");
        out.call(Call.PIVOT_ROOT, here, here);
        out.call(Call.UMOUNT2, here, MNT_DETACH);
        out.call(Call.CHDIR, out.string("/"));
    }

    @Override
    public String describe() {
        return "switch the root to " + root.name() + " and detach the host's";
    }

    @Override
    public String why() {
        return "With chroot alone the host's tree would stay reachable; here it is not in the namespace any more.";
    }
}
