package io.wherry.registry;

import io.wherry.oci.Descriptor;

/** Hears how a push goes. Called on the threads that push; must be quick. */
public interface PushListener extends RetryListener {
    PushListener NONE = new PushListener() {};

    /** The registry has, or has been sent, bytes 0 to {@code position} of the blob; less than before if some were lost. */
    default void sent(Descriptor blob, long position) {}
}
