package io.wherry.store.pull;

import io.wherry.oci.Descriptor;

/** Hears how a pull goes on; called by several threads, and must return at once. */
public interface PullProgress {
    /** Nobody listens. */
    PullProgress NONE = new PullProgress() {};

    /** The layer is all there already. */
    default void present(Descriptor layer) {}

    /** So many bytes of the blob have come, those of an earlier attempt included. */
    default void bytes(Descriptor blob, long done) {}

    /** The layer is downloaded, verified and written, but not yet published. */
    default void unpacked(Descriptor layer) {}
}
