package io.wherry.store.tree;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeWriter;
import io.wherry.kernel.tree.Xattr;
import io.wherry.store.compress.Decompression;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarReader;
import io.wherry.store.unpack.EntryPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies entries into a tree: from another tree or from an archive. Whose they become, a {@link Keeping} says. For one copy and one thread.
 *
 * <p>What comes from a container may be hostile. It is written by names below the writer's root, and nothing that would be dangerous in the hands of whoever gets it is made unless everything is to
 * be kept: programs lose their set-id bits, devices are left out.
 */
public final class TreeCopy {
    private static final int SET_IDS = 06000;
    private static final long ENTRIES = 10_000_000;

    /** What goes along with the files. */
    public enum Keeping {
        /** Nothing: all is made root's, as the writer's user namespace sees it; no set-id bits, devices or extended attributes. */
        CONTENT,
        /** All but the owner, which is root. */
        ALL_BUT_OWNER,
        /** Owner, all bits of the mode, extended attributes, devices. */
        ALL
    }

    /** A file by what its names have in common. */
    private record Inode(long device, long number) {}

    private final TreeWriter out;
    private final Keeping keeping;
    private final Map<Inode, String> names = new HashMap<>();
    private long entries;
    private long bytes;
    private long leftOut;

    public TreeCopy(TreeWriter out, Keeping keeping) {
        this.out = out;
        this.keeping = keeping;
    }

    /** {@return bytes of file data that were copied} */
    public long bytes() {
        return bytes;
    }

    public long entries() {
        return entries;
    }

    /** {@return how many devices were not made} */
    public long leftOut() {
        return leftOut;
    }

    /** Copies the reader's present entry under a path; a file that came under another name becomes a hard link. */
    public void add(TreeReader reader, TreeEntry entry, String path) throws IOException {
        Attributes a = attributes(entry.attributes());
        List<Xattr> xattrs = keeping != Keeping.CONTENT ? Xattrs.kept(entry.xattrs()) : List.of();
        switch (entry.kind()) {
            case FOLDER -> out.folder(path, a, xattrs);
            case SYMLINK -> out.symlink(path, entry.link(), a, xattrs);
            case FIFO -> out.fifo(path, a, xattrs);
            case CHARACTER, BLOCK -> device(entry, path, a, xattrs);
            case FILE -> file(reader, entry, path, a, xattrs);
        }
        entries++;
    }

    private void device(TreeEntry entry, String path, Attributes a, List<Xattr> xattrs) {
        if (keeping != Keeping.CONTENT && !entry.whiteout()) {
            out.device(path, entry.kind() == TreeEntry.Kind.BLOCK, entry.major(), entry.minor(), a, xattrs);
        } else {
            leftOut++;
        }
    }

    private void file(TreeReader reader, TreeEntry entry, String path, Attributes a, List<Xattr> xattrs)
            throws IOException {
        Inode inode = new Inode(entry.device(), entry.inode());
        String earlier = entry.links() > 1 ? names.putIfAbsent(inode, path) : null;
        if (earlier != null) {
            out.link(path, earlier);
            return;
        }
        out.file(path, a, xattrs, entry.size(), true);
        reader.transfer(new TreeReader.DataSink() {
            @Override
            public void data(byte[] buffer, int offset, int length) {
                out.data(buffer, offset, length);
            }

            @Override
            public void hole(long length) {
                out.hole(length);
            }
        });
        out.endFile();
        bytes += entry.size();
    }

    /** Copies all members of an archive, compressed or not, into a folder. Its members keep their owners: an archive is about those. */
    public void addAll(InputStream in, String folder) throws IOException {
        TarReader archive = new TarReader(Decompression.open(in), ENTRIES);
        for (TarEntry entry = archive.next(); entry != null; entry = archive.next()) {
            String path = EntryPath.inside(entry.path());
            if (!path.isEmpty()) { // the folder itself is there already, and stays as it is
                add(archive, entry, folder, below(folder, path));
            }
        }
        archive.drain();
    }

    private static String below(String folder, String path) {
        return folder.isEmpty() ? path : folder + "/" + path;
    }

    private void add(TarReader archive, TarEntry entry, String folder, String path) throws IOException {
        Attributes a =
                new Attributes(entry.mode(), (int) entry.uid(), (int) entry.gid(), entry.seconds(), entry.nanos());
        List<Xattr> xattrs = Xattrs.kept(entry.xattrs()).stream()
                .filter(xattr -> !xattr.name().startsWith("user.overlay.")
                        && !xattr.name().startsWith("trusted."))
                .toList();
        switch (entry.kind()) {
            case FOLDER -> out.folder(path, a, xattrs);
            case SYMLINK -> out.symlink(path, entry.link(), a, xattrs);
            case LINK -> out.link(path, below(folder, EntryPath.inside(entry.link())));
            case FIFO -> out.fifo(path, a, xattrs);
            case CHARACTER -> out.device(path, false, entry.major(), entry.minor(), a, xattrs);
            case BLOCK -> out.device(path, true, entry.major(), entry.minor(), a, xattrs);
            case FILE -> {
                out.file(path, a, xattrs, entry.size(), true);
                archive.transfer(new TarReader.DataSink() {
                    @Override
                    public void data(byte[] buffer, int offset, int length) {
                        out.data(buffer, offset, length);
                    }

                    @Override
                    public void hole(long length) {
                        out.hole(length);
                    }
                });
                out.endFile();
                bytes += entry.size();
            }
        }
        entries++;
    }

    private Attributes attributes(Attributes a) {
        if (keeping == Keeping.ALL) {
            return a;
        }
        int mode = keeping == Keeping.CONTENT ? a.mode() & ~SET_IDS : a.mode();
        return new Attributes(mode, 0, 0, a.seconds(), a.nanos());
    }
}
