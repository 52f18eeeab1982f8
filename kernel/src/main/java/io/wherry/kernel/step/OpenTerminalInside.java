package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOCTTY;
import static io.wherry.kernel.program.Linux.O_NONBLOCK;
import static io.wherry.kernel.program.Linux.O_RDWR;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_MAGICLINKS;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_SYMLINKS;
import static io.wherry.kernel.program.Linux.S_IFCHR;
import static io.wherry.kernel.program.Linux.TIOCGPTPEER;
import static io.wherry.kernel.program.Linux.TIOCSCTTY;
import static io.wherry.kernel.program.Linux.TIOCSPTLCK;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Opens a terminal of a container that runs already, makes it the controlling one and sends its other end to the monitor. What stands at {@code /dev/pts/ptmx} there may have been put by the
 * container: no link is followed, nothing is waited for, and what is no terminal multiplexer of a devpts is refused. The peer is taken from the descriptor, never by its name.
 *
 * @param socket to the monitor
 * @param peer filled: the process's end
 */
public record OpenTerminalInside(Slot socket, Slot peer) implements Step {
    private static final long DEVPTS_SUPER_MAGIC = 0x1cd1;
    private static final long PTMX = Linux.device(5, 2);
    private static final int TERMINAL = O_RDWR | O_NOCTTY | O_CLOEXEC;

    @Override
    public void lower(Strand out) {
        int how = out.data().words(TERMINAL | O_NONBLOCK, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
        out.callTo(Slot.T0, Call.OPENAT2, Strand.CWD, out.string("dev/pts/ptmx"), how, 24);
        out.op(Op.CHECK, Slot.T0, S_IFCHR, PTMX, DEVPTS_SUPER_MAGIC);
        out.call(Call.IOCTL_IN, Slot.T0, TIOCSPTLCK, out.data().words(0));
        out.callTo(peer.number(), Call.IOCTL_FD, Slot.T0, TIOCGPTPEER, TERMINAL);
        out.call(Call.IOCTL, peer.number(), TIOCSCTTY, 0);
        out.op(Op.SEND, socket.number(), Mark.TERMINAL.code(), Slot.T0);
    }

    @Override
    public String describe() {
        return "open a terminal of the container's own, send it to " + socket.name() + " -> " + peer.name();
    }

    @Override
    public String why() {
        return "The terminal must be one of the container's own devpts, and what stands at that name may be a trap.";
    }
}
