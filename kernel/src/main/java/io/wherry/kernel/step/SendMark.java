package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Tells the other process that something it waits for is done.
 *
 * @param socket our end
 * @param mark what is done
 * @param descriptor to pass along, or {@link Slot#NONE}
 */
public record SendMark(Slot socket, Mark mark, Slot descriptor) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.SEND, socket.number(), mark.code(), descriptor.number());
    }

    @Override
    public String describe() {
        return "tell " + socket.name() + ": " + mark.text()
                + (descriptor.number() < 0 ? "" : ", with " + descriptor.name());
    }

    @Override
    public String why() {
        return "The other process waits for this, as it needs what was done here.";
    }
}
