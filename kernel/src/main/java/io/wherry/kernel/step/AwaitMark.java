package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Waits until the other process says that something is done; if it failed, its failure is ours.
 *
 * @param socket our end
 * @param mark what must be done
 * @param descriptor filled by what is passed along, or {@link Slot#NONE}
 * @param end whether the other end must close right after: the program runs
 */
public record AwaitMark(Slot socket, Mark mark, Slot descriptor, boolean end) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(descriptor.number(), Op.RECV, socket.number(), mark.code(), end ? 1 : 0);
    }

    @Override
    public String describe() {
        return "wait for " + socket.name() + ": " + mark.text() + (end ? ", then the end of the socket" : "")
                + (descriptor.number() < 0 ? "" : " -> " + descriptor.name());
    }

    @Override
    public String why() {
        return end
                ? "Whether the program runs is known only when execve has closed the socket: before that, the child can still fail."
                : "What comes next needs what the other process is doing; a failure there must end this side too.";
    }
}
