package io.wherry.store.unpack;

/** The disk that a layer is written to. */
@FunctionalInterface
public interface FreeSpace {
    /** Throws {@link io.wherry.oci.WherryException} of kind {@code UNAVAILABLE} unless this many bytes are free now. */
    void require(long bytes);
}
