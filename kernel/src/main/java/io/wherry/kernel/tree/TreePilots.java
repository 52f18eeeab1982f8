package io.wherry.kernel.tree;

/** Starts pilots that serve tree streams. Safe for use by several threads; at least four sessions at a time. */
public interface TreePilots {
    /** {@return a session on this tree; the caller closes it}. Fails as a program fails, with a {@code WherryException}. */
    TreeSession open(TreeTarget target);
}
