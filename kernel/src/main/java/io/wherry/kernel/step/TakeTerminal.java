package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.TIOCSCTTY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Makes an open terminal the controlling one of this session, and sends its other end to the monitor.
 *
 * @param peer the process's end
 * @param master the monitor's end
 * @param socket to the monitor
 */
public record TakeTerminal(Slot peer, Slot master, Slot socket) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.IOCTL, peer.number(), TIOCSCTTY, 0);
        out.op(Op.SEND, socket.number(), Mark.TERMINAL.code(), master.number());
    }

    @Override
    public String describe() {
        return "take " + peer.name() + " as the terminal, send its other end to " + socket.name();
    }

    @Override
    public String why() {
        return "A session has one controlling terminal, and keys such as ctrl-c go to it.";
    }
}
