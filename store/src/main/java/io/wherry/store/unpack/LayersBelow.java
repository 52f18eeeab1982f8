package io.wherry.store.unpack;

/** Where the layers below are while this one is unpacked. */
public enum LayersBelow {
    /** There are none. */
    NONE,
    /** Elsewhere: what needs them cannot be done here ({@link UnpackRetry.Reason#NEEDS_LAYERS_BELOW}). */
    APART,
    /** In the tree that is written. */
    PRESENT
}
