package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Serves a tree stream on the root until its end (docs/trees.md).
 *
 * @param stream where operations are read
 * @param replies where replies are written
 * @param flags of TREES: how whiteouts are written
 * @param beside a folder that is not below the root and can be read and written too, or {@link Slot#NONE}
 */
public record ServeTree(Slot stream, Slot replies, int flags, Slot beside) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.TREES, stream.number(), replies.number(), flags, beside.number());
    }

    @Override
    public String describe() {
        return "make and remove files as " + stream.name() + " says"
                + (flags == 1 ? ", whiteouts as overlay keeps them" : "")
                + (beside.number() < 0 ? "" : ", also in " + beside.name());
    }

    @Override
    public String why() {
        return "An archive may be hostile; this process can name nothing but the tree it is to make.";
    }
}
