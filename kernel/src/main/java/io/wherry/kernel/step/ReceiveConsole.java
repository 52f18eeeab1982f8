package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Takes the terminal that an OCI runtime has sent to its console socket.
 *
 * @param listener the socket
 * @param terminal filled: the monitor's end
 */
public record ReceiveConsole(Slot listener, Slot terminal) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(terminal.number(), Op.CONSOLE, listener.number());
    }

    @Override
    public String describe() {
        return "take the terminal from " + listener.name() + " -> " + terminal.name();
    }

    @Override
    public String why() {
        return "The runtime made the terminal inside the container; the monitor needs its other end.";
    }
}
