package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_CAPBSET_DROP;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Drops capabilities for good: nothing that runs from here on can gain them.
 *
 * @param kept bit n is capability n
 * @param last the highest that the kernel knows
 */
public record DropBounding(long kept, int last) implements Step {
    @Override
    public void lower(Strand out) {
        for (int capability = 0; capability <= last; capability++) {
            if ((kept & (1L << capability)) == 0) {
                out.call(Call.PRCTL, PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
        }
    }

    @Override
    public String describe() {
        return "drop all capabilities for good but " + Capabilities.text(kept);
    }

    @Override
    public String why() {
        return "A set-user-id program in the image could otherwise gain capabilities that the container was not given.";
    }
}
