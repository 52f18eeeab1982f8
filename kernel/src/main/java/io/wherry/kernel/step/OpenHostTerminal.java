package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOCTTY;
import static io.wherry.kernel.program.Linux.O_RDWR;
import static io.wherry.kernel.program.Linux.TIOCGPTPEER;
import static io.wherry.kernel.program.Linux.TIOCSPTLCK;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens a terminal of the host's, while the host can be named; {@link TakeTerminal} makes it the controlling one later.
 *
 * @param master filled: the monitor's end
 * @param peer filled: the process's end
 */
public record OpenHostTerminal(Slot master, Slot peer) implements Step {
    @Override
    public void lower(Strand out) {
        int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
        out.callTo(master.number(), Call.OPENAT, Strand.CWD, out.string("/dev/ptmx"), flags, 0);
        out.call(Call.IOCTL_IN, master.number(), TIOCSPTLCK, out.data().words(0));
        out.callTo(peer.number(), Call.IOCTL_FD, master.number(), TIOCGPTPEER, flags);
    }

    @Override
    public String describe() {
        return "open a terminal of the host's -> " + master.name() + ", " + peer.name();
    }

    @Override
    public String why() {
        return "Its /dev is the host's, and so is the terminal: it is opened while the host's tree can be named.";
    }
}
