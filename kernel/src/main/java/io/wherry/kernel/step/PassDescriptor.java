package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Leaves a descriptor open over the execution of a tool of the host: right before {@link Execute}, behind {@link CloseDescriptors}, and never into a container.
 *
 * @param descriptor what the tool is given
 */
public record PassDescriptor(Slot descriptor) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.PASS, descriptor.number());
    }

    @Override
    public String describe() {
        return "hand " + descriptor.name() + " over as descriptor " + descriptor.number();
    }

    @Override
    public String why() {
        return "The tool is told this descriptor's number; nothing else of the host stays open.";
    }
}
