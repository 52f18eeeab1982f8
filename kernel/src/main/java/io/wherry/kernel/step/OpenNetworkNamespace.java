package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_RDONLY;
import static io.wherry.kernel.program.Linux.PIDFD_GET_NET_NAMESPACE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Opens the child's network namespace from its pidfd (Linux 6.11), or by its pid where the kernel is older.
 *
 * @param pidfd the child
 * @param byPidfd whether the kernel can
 * @param namespace filled
 */
public record OpenNetworkNamespace(Slot pidfd, boolean byPidfd, Slot namespace) implements Step {
    @Override
    public void lower(Strand out) {
        if (byPidfd) {
            out.callTo(namespace.number(), Call.IOCTL_FD, pidfd.number(), PIDFD_GET_NET_NAMESPACE, 0);
            return;
        }
        int folder = out.data().block("/proc/\0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.UTF_8));
        out.op(Op.PUTPID, folder + "/proc/".length(), 0);
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        out.callTo(namespace.number(), Call.OPENAT, Slot.T0, out.string("ns/net"), O_RDONLY | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "open the network namespace of " + pidfd.name() + " -> " + namespace.name();
    }

    @Override
    public String why() {
        return "The other end of the cable is put in from outside, by who has the right in the host's network.";
    }
}
