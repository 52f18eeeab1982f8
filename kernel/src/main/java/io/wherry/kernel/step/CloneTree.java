package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLOEXEC;
import static io.wherry.kernel.program.Linux.OPEN_TREE_CLONE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Clones a part of the host's tree as a mount of its own, not attached yet: the source of a bind.
 *
 * @param source absolute path on the host
 * @param recursive with the mounts below it
 * @param mount filled
 */
public record CloneTree(String source, boolean recursive, Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                mount.number(),
                Call.OPEN_TREE,
                Strand.CWD,
                out.string(source),
                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0));
    }

    @Override
    public String describe() {
        return "clone " + source + (recursive ? " and what is mounted below it" : "") + " -> " + mount.name();
    }

    @Override
    public String why() {
        return "The source must be held by a descriptor while the host's tree can still be named.";
    }
}
