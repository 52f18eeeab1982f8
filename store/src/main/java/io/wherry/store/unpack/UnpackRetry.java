package io.wherry.store.unpack;

/** This layer can be unpacked, but in another way; the tree that was begun is to be thrown away. Never reaches a user. */
public final class UnpackRetry extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is to be done otherwise. */
    public enum Reason {
        /** A parent or a hard link's target is in a layer below: write into a tree in which these are seen. */
        NEEDS_LAYERS_BELOW,
        /** A whiteout comes behind an entry of its own layer that it would hit: read twice, whiteouts first. */
        NEEDS_TWO_PASSES
    }

    private final Reason reason;

    UnpackRetry(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
