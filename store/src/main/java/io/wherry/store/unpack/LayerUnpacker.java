package io.wherry.store.unpack;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeTotals;
import io.wherry.kernel.tree.TreeWriter;
import io.wherry.kernel.tree.Xattr;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one layer's archive and makes its entries (see the package). For one layer and one thread. */
public final class LayerUnpacker {
    private static final int SET_IDS = 06000;
    private static final int OWNER_MAY_ALL = 0700;
    private static final int OMITTED_LIMIT = 16;
    /** Several layers are apart at once. One with more links than this may be read again. */
    private static final int LINKS_APART = 1 << 17;

    private static final long SPACE_INTERVAL = 64L << 20;

    private final TreeWriter out;
    private final LayersBelow below;
    private final UnpackPass pass;
    private final Ownership ownership;
    private final UnpackLimits limits;
    private final FreeSpace freeSpace;
    private final @Nullable PathSet named;
    private final PathSet links;
    private final @Nullable ImpliedFolders implied;
    private final Set<String> omitted = new LinkedHashSet<>();
    private Optional<Attributes> root = Optional.empty();
    private long bytes;
    private long untilSpaceCheck;

    /** Prepares to write to {@code out}; {@code freeSpace} is asked before each 64 MiB. */
    public LayerUnpacker(
            TreeWriter out,
            LayersBelow below,
            UnpackPass pass,
            Ownership ownership,
            UnpackLimits limits,
            FreeSpace freeSpace) {
        this.out = out;
        this.below = below;
        this.pass = pass;
        this.ownership = ownership;
        this.limits = limits;
        this.freeSpace = freeSpace;
        this.named = below == LayersBelow.PRESENT && pass == UnpackPass.ALL ? new PathSet() : null;
        this.links = below == LayersBelow.APART ? new PathSet(LINKS_APART) : new PathSet();
        this.implied = below == LayersBelow.APART ? new ImpliedFolders(out, links) : null;
    }

    /**
     * Reads the archive to its last byte and finishes the tree.
     *
     * @param uncompressed the archive; stays the caller's
     * @throws UnpackRetry if it must be done otherwise
     */
    public LayerSummary unpack(InputStream uncompressed) throws IOException {
        TarReader archive = new TarReader(uncompressed, limits.entries());
        TreeTotals totals;
        try {
            for (TarEntry entry = archive.next(); entry != null; entry = archive.next()) {
                take(entry, archive);
            }
            archive.drain();
            if (below == LayersBelow.NONE && root.isEmpty()) {
                out.folder("", Attributes.IMPLIED_FOLDER, List.of());
            }
            totals = out.finish();
        } catch (TreeException e) {
            // ENOTDIR, EEXIST: where the parent should be is this layer's own whiteout.
            boolean absent = e.errno() == TreeException.ENOENT
                    || e.errno() == TreeException.ENOTDIR
                    || e.errno() == TreeException.EEXIST;
            if (absent && below == LayersBelow.APART) {
                throw new UnpackRetry(UnpackRetry.Reason.NEEDS_LAYERS_BELOW);
            }
            throw e;
        }
        if (!totals.notes().isEmpty()) {
            StringBuilder names = new StringBuilder();
            totals.notes()
                    .forEach(note -> names.append(names.isEmpty() ? "" : ", ").append(BytePath.show(note.name())));
            omit("Left out, since the kernel does not let this user make the device or set the attribute: " + names
                    + ".");
        }
        return new LayerSummary(
                totals.entries(),
                totals.bytes(),
                root,
                new ArrayList<>(omitted),
                implied == null ? List.of() : implied.list());
    }

    private void take(TarEntry entry, TarReader archive) throws IOException {
        String path = EntryPath.inside(entry.path());
        Whiteout whiteout = Whiteout.of(path);
        switch (whiteout.meaning()) {
            case HIDES -> hide(whiteout.path());
            case OPAQUE -> makeOpaque(whiteout.path());
            case IGNORED -> omit("`" + BytePath.show(path) + "`: a file of aufs");
            case ENTRY -> {
                if (pass != UnpackPass.WHITEOUTS) {
                    make(path, entry, archive);
                }
            }
        }
    }

    private void hide(String path) {
        if (pass == UnpackPass.ENTRIES || below == LayersBelow.NONE) {
            return;
        }
        if (named != null && (named.has(path) || named.hasBelow(path) || links.hasAbove(path))) {
            // A whiteout must not follow a link of this layer: those below have no such link.
            throw new UnpackRetry(UnpackRetry.Reason.NEEDS_TWO_PASSES);
        }
        if (implied != null) {
            implied.above(path);
        }
        out.whiteout(path);
    }

    private void makeOpaque(String path) {
        if (pass == UnpackPass.ENTRIES || below == LayersBelow.NONE) {
            return;
        }
        if (named != null && (named.hasBelow(path) || links.hasAbove(path + "/"))) {
            throw new UnpackRetry(UnpackRetry.Reason.NEEDS_TWO_PASSES);
        }
        if (path.isEmpty() && below == LayersBelow.APART) {
            // overlayfs does not look for the mark at the root of a layer.
            throw new UnpackRetry(UnpackRetry.Reason.NEEDS_LAYERS_BELOW);
        }
        if (implied != null) {
            implied.above(path + "/");
        }
        out.opaque(path);
    }

    private void make(String path, TarEntry entry, TarReader archive) throws IOException {
        Attributes attributes = attributes(entry);
        if (path.isEmpty()) {
            if (entry.kind() != TarEntry.Kind.FOLDER) {
                throw new WherryException(
                        Kind.INVALID,
                        "The layer's entry `" + BytePath.show(entry.path())
                                + "` replaces the root, which can only be a folder.");
            }
            root = Optional.of(attributes);
        }
        if (named != null) {
            named.add(path);
        }
        if (implied != null) {
            implied.above(path);
            if (entry.kind() == TarEntry.Kind.FOLDER) {
                implied.named(path);
            }
        }
        if (entry.kind() == TarEntry.Kind.SYMLINK && (named != null || implied != null)) {
            links.add(path);
        }
        List<Xattr> xattrs = entry.xattrs().isEmpty() ? List.of() : xattrs(path, entry.xattrs());
        switch (entry.kind()) {
            case FOLDER -> out.folder(path, attributes, xattrs);
            case FILE -> file(path, entry, attributes, xattrs, archive);
            case SYMLINK -> out.symlink(path, entry.link(), attributes, xattrs);
            case LINK -> link(path, entry);
            case FIFO -> out.fifo(path, attributes, xattrs);
            case CHARACTER -> out.device(path, false, entry.major(), entry.minor(), attributes, xattrs);
            case BLOCK -> out.device(path, true, entry.major(), entry.minor(), attributes, xattrs);
        }
    }

    private void link(String path, TarEntry entry) {
        String existing = EntryPath.inside(entry.link());
        if (existing.isEmpty()) {
            throw new WherryException(
                    Kind.INVALID, "The layer's entry `" + BytePath.show(path) + "` is a hard link to the root.");
        }
        out.link(path, existing);
    }

    private void file(String path, TarEntry entry, Attributes attributes, List<Xattr> xattrs, TarReader archive)
            throws IOException {
        bytes += entry.size();
        if (bytes < 0 || bytes > limits.bytes()) {
            throw new WherryException(
                    Kind.DENIED,
                    "The layer's files have more than " + limits.bytes() + " bytes (at `" + BytePath.show(path)
                            + "`).");
        }
        out.file(path, attributes, xattrs, entry.size(), entry.sparse().isSparse());
        archive.transfer(new TarReader.DataSink() {
            @Override
            public void data(byte[] buffer, int offset, int length) {
                checkSpace(length);
                out.data(buffer, offset, length);
            }

            @Override
            public void hole(long length) {
                out.hole(length);
            }
        });
        out.endFile();
    }

    private void checkSpace(int length) {
        untilSpaceCheck -= length;
        if (untilSpaceCheck < 0) {
            untilSpaceCheck = SPACE_INTERVAL;
            freeSpace.require(limits.reserve());
        }
    }

    private Attributes attributes(TarEntry entry) {
        boolean keep = ownership == Ownership.KEEP;
        int mode = entry.mode();
        if (ownership == Ownership.HAND_OVER) {
            mode = (mode & ~SET_IDS) | (entry.kind() == TarEntry.Kind.FOLDER ? OWNER_MAY_ALL : 0);
        }
        return new Attributes(
                mode, keep ? (int) entry.uid() : 0, keep ? (int) entry.gid() : 0, entry.seconds(), entry.nanos());
    }

    private List<Xattr> xattrs(String path, List<Xattr> all) {
        List<Xattr> kept = new ArrayList<>(all.size());
        for (Xattr xattr : all) {
            String name = xattr.name();
            if (name.startsWith("user.overlay.") || name.startsWith("trusted.overlay.")) {
                omit("the extended attribute `" + BytePath.show(name)
                        + "`, by which a layer would give orders to overlayfs");
            } else if (name.isEmpty()
                    || name.length() > BytePath.NAME_LIMIT
                    || name.indexOf('\0') >= 0
                    || xattr.value().length > Xattr.VALUE_LIMIT) {
                throw new WherryException(
                        Kind.INVALID,
                        "The layer's entry `" + BytePath.show(path) + "` has the extended attribute `"
                                + BytePath.show(name)
                                + "` of " + xattr.value().length + " bytes; names have 1 to 255 bytes, values at most "
                                + Xattr.VALUE_LIMIT + ".");
            } else {
                kept.add(xattr);
            }
        }
        return kept;
    }

    private void omit(String what) {
        if (omitted.size() < OMITTED_LIMIT) {
            omitted.add(what);
        }
    }
}
