package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Limits the room that the files of a project take on a filesystem (quotactl(2)).
 *
 * @param folder any folder there
 * @param project its number, unsigned
 * @param soft bytes that they may have for some days only, in steps of 1,024; 0: no such limit
 * @param hard bytes that they can have at most, likewise
 */
public record LimitProject(Slot folder, int project, long soft, long hard) implements Step {
    private static final long PRJQUOTA = 2;
    private static final long Q_SETQUOTA = 0x800008L << 8 | PRJQUOTA;
    private static final long QIF_BLIMITS = 1;
    private static final int QIF_DQBLKSIZE = 1024;

    @Override
    public void lower(Strand out) {
        set(out, folder.number(), project, soft, hard);
    }

    /** The block is a {@code struct if_dqblk}: the hard limit, the soft one, …, and which of these count. The kernel hands it on to whatever form of quotas the filesystem has. */
    static Strand set(Strand out, int folder, int project, long soft, long hard) {
        int limits = out.data().words(blocks(hard), blocks(soft), 0, 0, 0, 0, 0, 0, QIF_BLIMITS);
        return out.call(Call.QUOTACTL_FD, folder, Q_SETQUOTA, Integer.toUnsignedLong(project), limits);
    }

    private static long blocks(long bytes) {
        return Math.ceilDiv(bytes, QIF_DQBLKSIZE);
    }

    @Override
    public String describe() {
        return "limit the files of project " + Integer.toUnsignedString(project) + " to " + hard + " bytes";
    }

    @Override
    public String why() {
        return "A quota holds in the kernel, whoever in the container writes, and costs its neighbours nothing.";
    }
}
