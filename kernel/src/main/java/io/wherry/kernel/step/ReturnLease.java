package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AF_NETLINK;
import static io.wherry.kernel.program.Linux.AT_REMOVEDIR;
import static io.wherry.kernel.program.Linux.NETLINK_NETFILTER;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.SOCK_CLOEXEC;
import static io.wherry.kernel.program.Linux.SOCK_RAW;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Gives a lease back, if the container still holds it: first what the firewall knows of it, then the lease.
 *
 * <p>Does nothing for a container that holds it no more. So a sweep that is repeated long after, when the address already belongs to another
 * container, takes nothing away from that one; and since the lease goes last, an interrupted sweep is repeated whole.
 *
 * @param leases absolute path of the folder of leases
 * @param leased what is leased, one name
 * @param owner the container's id
 * @param withdrawal a batch for the firewall; ENOENT counts as done
 * @param what for people
 */
public record ReturnLease(String leases, String leased, String owner, Batch withdrawal, String what) implements Step {
    @Override
    public void lower(Strand out) {
        int folder = out.string(leases + "/" + leased);
        int entry = out.string(leases + "/" + leased + "/" + owner);
        int gone = out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, entry, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0)
                .skipOn(Errno.ENOENT, Errno.ENOTDIR);
        out.callTo(Slot.T0, Call.SOCKET, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        SendNetlink.send(out, Slot.T0, withdrawal).okIf(Errno.ENOENT);
        out.call(Call.UNLINKAT, Strand.CWD, entry, 0).okIf(Errno.ENOENT);
        out.land(gone);
        // Another container may have moved its lease to the empty folder by now: then it stays.
        out.call(Call.UNLINKAT, Strand.CWD, folder, AT_REMOVEDIR)
                .okIf(Errno.ENOENT, Errno.ENOTEMPTY, Errno.EEXIST, Errno.ENOTDIR);
    }

    @Override
    public String describe() {
        return what;
    }

    @Override
    public String why() {
        return "Others may have the address now; only who still holds it may take it back.";
    }
}
