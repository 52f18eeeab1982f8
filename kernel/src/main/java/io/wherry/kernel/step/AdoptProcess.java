package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Takes over the process whose number a tool wrote: a descendant of the pilot, or it is refused.
 *
 * @param from a file or a pipe; of a pipe no more is read than is there when the number is complete
 * @param text what stands before the number; empty for the beginning
 * @param words a pipe whose content explains why there is no number, or {@link Slot#NONE}
 * @param tool whose end, too, means that there will be no number, or {@link Slot#NONE}
 * @param process filled
 */
public record AdoptProcess(Slot from, String text, Slot words, Slot tool, Slot process) implements Step {
    @Override
    public void lower(Strand out) {
        out.opTo(process.number(), Op.ADOPT, from.number(), out.string(text), words.number(), tool.number());
    }

    @Override
    public String describe() {
        return "take over the process that " + from.name() + " names -> " + process.name();
    }

    @Override
    public String why() {
        return "The tool knows which process is the container's; the monitor waits for it and signals it, and takes none but a descendant.";
    }
}
