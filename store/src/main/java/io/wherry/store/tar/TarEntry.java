package io.wherry.store.tar;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.Xattr;
import java.util.List;

/**
 * One member of an archive, as its headers describe it. Nothing is judged: a path may be absolute or climb out.
 *
 * @param path bytes as the archive has them, of any form, 0 to 1 MiB
 * @param link target of a link, bytes; else empty
 * @param mode permission bits, masked to 07777
 * @param uid 0 to 2^32-2
 * @param size of the file once it is unpacked, holes included; 0 for what is no file
 * @param seconds since 1970, may be negative
 * @param sparse of a file: where its data belong; {@code null}-free, and {@link SparseMap#NONE} for most
 */
public record TarEntry(
        Kind kind,
        String path,
        String link,
        int mode,
        long uid,
        long gid,
        long size,
        long seconds,
        int nanos,
        int major,
        int minor,
        List<Xattr> xattrs,
        SparseMap sparse) {

    /** {@return an entry as trees describe it; numbers that its kind does not have are 0} */
    public static TarEntry of(
            Kind kind, String path, String link, Attributes a, long size, int major, int minor, List<Xattr> xattrs) {
        return new TarEntry(
                kind,
                path,
                link,
                a.mode(),
                Integer.toUnsignedLong(a.uid()),
                Integer.toUnsignedLong(a.gid()),
                size,
                a.seconds(),
                a.nanos(),
                major,
                minor,
                xattrs,
                SparseMap.NONE);
    }

    /** What a member is. */
    public enum Kind {
        FILE,
        FOLDER,
        SYMLINK,
        LINK,
        FIFO,
        CHARACTER,
        BLOCK
    }
}
