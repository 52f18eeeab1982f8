package io.wherry.store.unpack;

/**
 * What one layer may cost.
 *
 * @param entries headers of the archive, of whatever kind
 * @param bytes of the uncompressed archive, and of all its files, holes included
 * @param reserve bytes that must stay free on the disk
 */
public record UnpackLimits(long entries, long bytes, long reserve) {
    /** Four million entries, 256 GiB, and 256 MiB left free. */
    public static final UnpackLimits DEFAULT = new UnpackLimits(4_000_000, 256L << 30, 256L << 20);
}
