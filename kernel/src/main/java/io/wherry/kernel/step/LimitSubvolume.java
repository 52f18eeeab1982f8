package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Limits the bytes that a subvolume of btrfs has for itself, shared with no other, by its own quota group; the kernel removes that with it (Linux 6.11). ENOTCONN where the filesystem has no quotas.
 *
 * @param subvolume its root
 * @param bytes how many
 */
public record LimitSubvolume(Slot subvolume, long bytes) implements Step {
    private static final long BTRFS_IOC_QGROUP_LIMIT = 0x8030942BL;
    private static final long BTRFS_QGROUP_LIMIT_MAX_EXCL = 2;
    private static final long OWN_GROUP = 0;

    @Override
    public void lower(Strand out) {
        int limit = out.data().words(OWN_GROUP, BTRFS_QGROUP_LIMIT_MAX_EXCL, 0, bytes, 0, 0);
        out.call(Call.IOCTL_LIMIT, subvolume.number(), BTRFS_IOC_QGROUP_LIMIT, limit);
    }

    @Override
    public String describe() {
        return "limit what " + subvolume.name() + " has for itself to " + bytes + " bytes";
    }

    @Override
    public String why() {
        return "A container that fills its root is not to fill the disk of all others.";
    }
}
