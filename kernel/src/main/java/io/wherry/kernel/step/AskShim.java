package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Asks a containerd shim for something.
 *
 * @param method what is asked, for people: the task service's method
 * @param socket the connection
 * @param request one frame of ttrpc, in which the pilot sets the stream and the service's version
 * @param milliseconds how long the answer may take; 0 if it is awaited by the monitor
 * @param process filled with the process that the answer names, or {@link Slot#NONE}
 */
public record AskShim(String method, Slot socket, byte[] request, int milliseconds, Slot process) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(process.number(), Op.ASK, socket.number(), out.data().block(request), request.length, milliseconds);
    }

    @Override
    public String describe() {
        return "ask the shim: " + method + (process.number() < 0 ? "" : " -> " + process.name());
    }

    @Override
    public String why() {
        return "Only the shim knows how its containers are made; the request was compiled ahead, so that nobody needs to know it later.";
    }
}
