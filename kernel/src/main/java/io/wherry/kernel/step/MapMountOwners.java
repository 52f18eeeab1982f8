package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.MOUNT_ATTR_IDMAP;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Gives the files of a mount other owners than they have on the disk (mount_setattr(2)). Its filesystem must be able to.
 *
 * @param mount not attached yet
 * @param namespace the user namespace whose mapping it is
 * @param recursive with the mounts below it
 * @param what the mount's source and filesystem, for people
 */
public record MapMountOwners(Slot mount, Slot namespace, boolean recursive, String what) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(
                Call.MOUNT_SETATTR,
                mount.number(),
                out.string(""),
                AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                out.data().words(MOUNT_ATTR_IDMAP, 0, 0, namespace.number()),
                32);
    }

    @Override
    public String describe() {
        return "map owners in " + mount.name() + " by " + namespace.name() + " (" + what + ")";
    }

    @Override
    public String why() {
        return "Files belong to the right person in the container and outside, and nothing on the disk is changed for that.";
    }
}
