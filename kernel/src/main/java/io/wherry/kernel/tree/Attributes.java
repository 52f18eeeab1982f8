package io.wherry.kernel.tree;

/**
 * Mode, owner and time of an entry.
 *
 * @param mode permission bits with set-id and sticky bit, at most 07777
 * @param uid 32 bits without sign, as the writer's user namespace sees it; not 2^32-1
 * @param gid as uid
 * @param seconds modification time since 1970, may be negative
 * @param nanos 0 to 999,999,999, counted forward from {@code seconds}
 */
public record Attributes(int mode, int uid, int gid, long seconds, int nanos) {
    /** What a folder gets that no archive describes: 0755, root, 1970. */
    public static final Attributes IMPLIED_FOLDER = new Attributes(0755, 0, 0, 0, 0);

    public Attributes {
        if ((mode & ~07777) != 0 || uid == -1 || gid == -1 || nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException(
                    "attributes out of range: mode " + Integer.toOctalString(mode) + ", owner "
                            + Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid) + ", nanos " + nanos);
        }
    }
}
