package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes an empty folder, and with it all that will be made in it, part of a project, for whose files together a filesystem has one quota.
 *
 * @param folder the folder
 * @param project its number, unsigned
 */
public record AssignProject(Slot folder, int project) implements Step {
    private static final long FS_IOC_FSSETXATTR = 0x401C5820L;
    private static final long FS_XFLAG_PROJINHERIT = 0x200;

    /** {@inheritDoc} The block is a {@code struct fsxattr}: flags, extent size, extents, project, and what is none of a folder's. */
    @Override
    public void lower(Strand out) {
        int attributes = out.data().words(FS_XFLAG_PROJINHERIT, Integer.toUnsignedLong(project) << 32, 0, 0);
        out.call(Call.IOCTL_PROJECT, folder.number(), FS_IOC_FSSETXATTR, attributes);
    }

    @Override
    public String describe() {
        return "make " + folder.name() + " a part of project " + Integer.toUnsignedString(project);
    }

    @Override
    public String why() {
        return "What is made in a folder inherits its project, so one quota counts all that a container writes.";
    }
}
