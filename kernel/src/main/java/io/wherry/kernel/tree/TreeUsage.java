package io.wherry.kernel.tree;

/**
 * What entries take of a disk.
 *
 * @param entries how many there are, folders included
 * @param bytes that are allocated for them, in whole blocks; each of several names of one file counts its share
 * @param skipped folders that lie so deep that nobody looked into them: with any, the rest is a lower bound
 */
public record TreeUsage(long entries, long bytes, long skipped) {
    /** Nothing. */
    public static final TreeUsage NONE = new TreeUsage(0, 0, 0);

    /** {@return this and other entries together} */
    public TreeUsage plus(TreeUsage other) {
        return new TreeUsage(entries + other.entries, bytes + other.bytes, skipped + other.skipped);
    }
}
