package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Closes a descriptor that another process uses: while two hold the end of a socket, the death of one is not seen.
 *
 * @param descriptor not used any more
 */
public record CloseDescriptor(Slot descriptor) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.CLOSE, descriptor.number());
    }

    @Override
    public String describe() {
        return "close " + descriptor.name();
    }

    @Override
    public String why() {
        return "While two processes hold the same end, the death of one of them is seen by nobody.";
    }
}
