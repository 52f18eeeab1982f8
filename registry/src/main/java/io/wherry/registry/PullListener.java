package io.wherry.registry;

import io.wherry.oci.Descriptor;

/** Hears how a transfer goes. Called on the thread that reads; must be quick. */
public interface PullListener extends RetryListener {
    PullListener NONE = new PullListener() {};

    /** Bytes 0 to {@code position} of the blob are there, counting those of an earlier pull. */
    default void received(Descriptor blob, long position) {}
}
