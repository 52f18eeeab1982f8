package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOCTTY;
import static io.wherry.kernel.program.Linux.O_RDWR;
import static io.wherry.kernel.program.Linux.TIOCGPTPEER;
import static io.wherry.kernel.program.Linux.TIOCSCTTY;
import static io.wherry.kernel.program.Linux.TIOCSPTLCK;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Opens a terminal of the host's for a tool that makes none itself, makes it the controlling one and sends its other end to the monitor.
 *
 * @param socket to the monitor
 * @param peer filled: the tool's end
 */
public record OpenTerminalOutside(Slot socket, Slot peer) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, out.string("/dev/ptmx"), O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
        out.call(Call.IOCTL_IN, Slot.T0, TIOCSPTLCK, out.data().words(0));
        out.callTo(peer.number(), Call.IOCTL_FD, Slot.T0, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        out.call(Call.IOCTL, peer.number(), TIOCSCTTY, 0);
        out.op(Op.SEND, socket.number(), Mark.TERMINAL.code(), Slot.T0);
    }

    @Override
    public String describe() {
        return "open a terminal of the host's, send it to " + socket.name() + " -> " + peer.name();
    }

    @Override
    public String why() {
        return "The tool makes no terminal itself, so the container has one of the host's.";
    }
}
