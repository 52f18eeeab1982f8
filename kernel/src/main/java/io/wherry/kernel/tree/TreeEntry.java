package io.wherry.kernel.tree;

import java.util.List;

/**
 * One entry of a tree, as it was when it was read.
 *
 * @param path below the root of the pilot, as the package describes; {@code ""} is the root
 * @param link target of a link, bytes; else empty
 * @param xattrs without those of overlayfs itself
 * @param size of a file; else 0
 * @param major of a device; else 0
 * @param device number of the filesystem, which {@code inode} belongs to
 * @param links how many names the file has, in the tree or elsewhere
 * @param changed when the inode was changed last, by the kernel's clock
 * @param flags see the methods
 */
public record TreeEntry(
        Kind kind,
        String path,
        String link,
        Attributes attributes,
        List<Xattr> xattrs,
        long size,
        int major,
        int minor,
        long device,
        long inode,
        int links,
        Changed changed,
        int flags) {
    static final int OPAQUE = 0x01;
    static final int BARE = 0x02;
    static final int MORE = 0x08;

    /** What an entry is. Sockets are not read. */
    public enum Kind {
        FILE,
        FOLDER,
        SYMLINK,
        FIFO,
        CHARACTER,
        BLOCK
    }

    /** A moment by the kernel's clock, which may have been set since. */
    public record Changed(long seconds, int nanos) implements Comparable<Changed> {
        @Override
        public int compareTo(Changed other) {
            int order = Long.compare(seconds, other.seconds);
            return order != 0 ? order : Integer.compare(nanos, other.nanos);
        }
    }

    /** {@return whether the folder has the mark by which overlayfs hides what the layers below have in it} */
    public boolean opaque() {
        return (flags & OPAQUE) != 0;
    }

    /** {@return whether the file's data did not come: it was not asked for, or another name of the file brought it} */
    public boolean bare() {
        return (flags & BARE) != 0;
    }

    /** {@return whether this is what overlayfs has for an entry that is gone: in a layer's own tree only} */
    public boolean whiteout() {
        return kind == Kind.CHARACTER && major == 0 && minor == 0;
    }

    /** {@return whether the entries of this folder come next} */
    boolean entered() {
        return kind == Kind.FOLDER && (flags & MORE) != 0;
    }

    /** {@return the same entry under another path} */
    public TreeEntry at(String other) {
        return new TreeEntry(
                kind, other, link, attributes, xattrs, size, major, minor, device, inode, links, changed, flags);
    }
}
