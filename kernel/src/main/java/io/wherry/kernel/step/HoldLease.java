package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_WRONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes sure that the container holds its lease: a folder named by what is leased, with one entry named by the owner.
 *
 * <p>A first start finds the lease that was taken when the container was created. A later start of the same program, behind a sweep, takes it again if
 * nobody else has it. If somebody has, the rename fails with ENOTEMPTY (some filesystems: EEXIST), before anything was made that two would share.
 *
 * @param leases absolute path of the folder of leases
 * @param leased what is leased, one name
 * @param owner the container's id
 * @param what for people
 */
public record HoldLease(String leases, String leased, String owner, String what) implements Step {
    @Override
    public void lower(Strand out) {
        int held = out.callTo(
                        Slot.T0,
                        Call.OPENAT,
                        Strand.CWD,
                        out.string(leases + "/" + leased + "/" + owner),
                        O_PATH | O_NOFOLLOW | O_CLOEXEC,
                        0)
                .elseOn(Errno.ENOENT);
        int fresh = out.string(leases + "/." + owner);
        out.call(Call.MKDIRAT, Strand.CWD, fresh, 0700).okIf(Errno.EEXIST);
        out.callTo(
                Slot.T0,
                Call.OPENAT,
                Strand.CWD,
                out.string(leases + "/." + owner + "/" + owner),
                O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                0600);
        out.call(Call.RENAMEAT2, Strand.CWD, fresh, Strand.CWD, out.string(leases + "/" + leased), 0);
        out.land(held);
    }

    @Override
    public String describe() {
        return what;
    }

    @Override
    public String why() {
        return "Two containers with one address would get each other's packets.";
    }
}
