package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_T_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOCTTY;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_RDWR;
import static io.wherry.kernel.program.Linux.S_IFREG;
import static io.wherry.kernel.program.Linux.TIOCGPTPEER;
import static io.wherry.kernel.program.Linux.TIOCSCTTY;
import static io.wherry.kernel.program.Linux.TIOCSPTLCK;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Opens a terminal of the container's own devpts, makes it the controlling one and sends its other end to the monitor. The peer is taken
 * from the descriptor, never by its name.
 *
 * @param devpts the container's own
 * @param devices its /dev
 * @param socket to the monitor
 * @param peer filled: the container's end
 */
public record OpenTerminal(Slot devpts, Slot devices, Slot socket, Slot peer) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.OPENAT, devpts.number(), out.string("ptmx"), O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
        out.call(Call.IOCTL_IN, Slot.T0, TIOCSPTLCK, out.data().words(0));
        out.callTo(peer.number(), Call.IOCTL_FD, Slot.T0, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        out.call(Call.IOCTL, peer.number(), TIOCSCTTY, 0);
        out.op(Op.SEND, socket.number(), Mark.TERMINAL.code(), Slot.T0);
        int console = out.string("console");
        int empty = out.string("");
        out.call(Call.MKNODAT, devices.number(), console, S_IFREG | 0600, 0).okIf(Errno.EEXIST);
        out.callTo(Slot.T1, Call.OPENAT, devices.number(), console, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
        out.callTo(Slot.T2, Call.OPEN_TREE, peer.number(), empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
        out.call(Call.MOVE_MOUNT, Slot.T2, empty, Slot.T1, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    }

    @Override
    public String describe() {
        return "open a terminal, send it to " + socket.name() + ", cover /dev/console with it -> " + peer.name();
    }

    @Override
    public String why() {
        return "A terminal of the host would let the container reach the host's session; its own devpts keeps it inside.";
    }
}
