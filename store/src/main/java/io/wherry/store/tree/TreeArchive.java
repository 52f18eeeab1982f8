package io.wherry.store.tree;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.Xattr;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries of a tree as members of an archive: a further name of a file as a hard link, holes as zeros, labels of the host's security modules not at all. For one thread.
 */
public final class TreeArchive {
    private static final byte[] ZEROS = new byte[64 << 10];

    /** A file by what its names have in common. */
    private record Inode(long device, long number) {}

    private final TarWriter out;
    private final Map<Inode, String> names = new HashMap<>();
    private long omitted;

    public TreeArchive(TarWriter out) {
        this.out = out;
    }

    /** {@return how many extended attributes could not be written: an archive cannot hold their names} */
    public long omittedXattrs() {
        return omitted;
    }

    /** {@return the name under which the file was added already, or null} */
    public @Nullable String earlier(TreeEntry entry) {
        return entry.kind() == TreeEntry.Kind.FILE && entry.links() > 1
                ? names.get(new Inode(entry.device(), entry.inode()))
                : null;
    }

    /** Adds the reader's present entry, with its data. */
    public void add(TreeReader reader, TreeEntry entry) throws IOException {
        add(reader, entry, entry.attributes());
    }

    /** Adds the reader's present entry under other attributes. */
    public void add(TreeReader reader, TreeEntry entry, Attributes attributes) throws IOException {
        String earlier = earlier(entry);
        if (earlier != null) {
            put(TarEntry.Kind.LINK, entry, earlier, 0, attributes, List.of());
            return;
        }
        if (entry.kind() == TreeEntry.Kind.FILE && entry.bare() && entry.size() > 0) {
            throw new IllegalArgumentException("a file without its data: " + entry.path());
        }
        put(kind(entry.kind()), entry, entry.link(), entry.size(), attributes, named(Xattrs.kept(entry.xattrs())));
        if (entry.kind() == TreeEntry.Kind.FILE) {
            if (entry.links() > 1) {
                names.put(new Inode(entry.device(), entry.inode()), entry.path());
            }
            reader.transfer(data);
        }
    }

    private void put(
            TarEntry.Kind kind, TreeEntry entry, String link, long size, Attributes attributes, List<Xattr> xattrs)
            throws IOException {
        out.put(TarEntry.of(kind, entry.path(), link, attributes, size, entry.major(), entry.minor(), xattrs));
    }

    private final TreeReader.DataSink data = new TreeReader.DataSink() {
        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            out.data(bytes, offset, length);
        }

        @Override
        public void hole(long length) throws IOException {
            for (long left = length; left > 0; left -= Math.min(left, ZEROS.length)) {
                out.data(ZEROS, 0, (int) Math.min(left, ZEROS.length));
            }
        }
    };

    private List<Xattr> named(List<Xattr> xattrs) {
        if (xattrs.isEmpty()) {
            return xattrs;
        }
        List<Xattr> named = new ArrayList<>(xattrs.size());
        for (Xattr xattr : xattrs) {
            if (TarWriter.canName(xattr.name())) {
                named.add(xattr);
            } else {
                omitted++;
            }
        }
        return named;
    }

    private static TarEntry.Kind kind(TreeEntry.Kind kind) {
        return switch (kind) {
            case FILE -> TarEntry.Kind.FILE;
            case FOLDER -> TarEntry.Kind.FOLDER;
            case SYMLINK -> TarEntry.Kind.SYMLINK;
            case FIFO -> TarEntry.Kind.FIFO;
            case CHARACTER -> TarEntry.Kind.CHARACTER;
            case BLOCK -> TarEntry.Kind.BLOCK;
        };
    }
}
