package io.wherry.registry;

import io.wherry.oci.Descriptor;
import java.time.Duration;

/** Hears how a transfer goes. Called on the thread that reads; must be quick. */
public interface PullListener {
    PullListener NONE = new PullListener() {};

    /** Bytes 0 to {@code position} of the blob are there, counting those of an earlier pull. */
    default void received(Descriptor blob, long position) {}

    /** Something failed in a way that may pass; the next try comes after {@code wait}. */
    default void retrying(String reason, Duration wait) {}
}
