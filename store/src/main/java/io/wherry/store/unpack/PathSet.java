package io.wherry.store.unpack;

/**
 * The paths that a layer has named so far, as 64-bit hashes: 16 bytes a path at most. Two paths with one hash cost a second reading of the archive, nothing else.
 */
final class PathSet {
    /** Beyond this the set gives up, and says that everything is in it: 16 MiB. */
    private static final int LIMIT = 1 << 20;

    private static final long SELF = 0x9E3779B97F4A7C15L;
    private static final long BELOW = 0xC2B2AE3D27D4EB4FL;

    private final int limit;
    private long[] slots = new long[1024];
    private int count;
    private boolean full;

    PathSet() {
        this(LIMIT);
    }

    /** A set that says so of everything when it holds more than {@code limit} hashes, a power of two; 16 bytes each. */
    PathSet(int limit) {
        this.limit = limit;
    }

    /** Notes the path, and that there is something below each folder on its way. */
    void add(String path) {
        long hash = 0;
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '/') {
                insert(mix(hash ^ BELOW));
            }
            hash = step(hash, path.charAt(i));
        }
        insert(mix(hash ^ SELF));
    }

    /** {@return whether the path itself was added} */
    boolean has(String path) {
        return full || contains(mix(hash(path) ^ SELF));
    }

    /** {@return whether something below the path was added; below the root there always is} */
    boolean hasBelow(String path) {
        return full || (path.isEmpty() ? count > 0 : contains(mix(hash(path) ^ BELOW)));
    }

    /** {@return whether one of the folders above the path was added; of a path that ends in a slash, whether it itself was too} */
    boolean hasAbove(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (has(path.substring(0, slash))) {
                return true;
            }
        }
        return false;
    }

    private static long hash(String path) {
        long hash = 0;
        for (int i = 0; i < path.length(); i++) {
            hash = step(hash, path.charAt(i));
        }
        return hash;
    }

    private static long step(long hash, char c) {
        return (hash ^ c) * 0x100000001B3L + 0x517CC1B727220A95L;
    }

    private static long mix(long h) {
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        h ^= h >>> 32;
        return h == 0 ? 1 : h;
    }

    private boolean contains(long hash) {
        return slots[slot(slots, hash)] != 0;
    }

    private static int slot(long[] slots, long hash) {
        int mask = slots.length - 1;
        int at = (int) hash & mask;
        while (slots[at] != 0 && slots[at] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void insert(long hash) {
        if (full) {
            return;
        }
        int at = slot(slots, hash);
        if (slots[at] != 0) {
            return;
        }
        slots[at] = hash;
        if (++count * 2 > slots.length) {
            grow();
        }
    }

    private void grow() {
        if (count >= limit) {
            full = true;
            slots = new long[2];
            return;
        }
        long[] larger = new long[slots.length * 2];
        for (long hash : slots) {
            if (hash != 0) {
                larger[slot(larger, hash)] = hash;
            }
        }
        slots = larger;
    }
}
