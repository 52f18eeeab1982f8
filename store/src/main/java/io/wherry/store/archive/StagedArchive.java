package io.wherry.store.archive;

import io.wherry.kernel.tree.BytePath;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Compression;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.layer.StoreSpace;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tar that was read to its end, put aside as they came, in whatever order that was. Memory is bounded by the number and length of names; disk by the archive's size, asked for as a pull
 * asks. Of links only the names are kept. A blob that the store has already is passed over.
 */
final class StagedArchive implements ArchiveFiles {
    /** Headers of an archive; one of Docker's has four for each layer. */
    private static final long ENTRIES = 100_000;
    /** Bytes of all names and links together. */
    private static final int NAMES = 16 << 20;
    /** Links to links. */
    private static final int HOPS = 40;

    private final ContentStore content;
    private final Staging staging;
    private final Map<String, Digest> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private final List<Descriptor> offered = new ArrayList<>();
    private int names;

    private StagedArchive(ContentStore content, Staging staging) {
        this.content = content;
        this.staging = staging;
    }

    /** {@return the files of an uncompressed archive, which is read to its end} */
    static StagedArchive read(InputStream archive, StoreSpace space, ContentStore content) throws IOException {
        StagedArchive staged = new StagedArchive(content, new Staging(space));
        try {
            TarReader reader = new TarReader(archive, ENTRIES);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                staged.add(entry, reader);
            }
            reader.drain(); // who writes into a pipe wants to come to an end, and a compressed form has a checksum
            // there
            return staged;
        } catch (IOException | RuntimeException | Error e) {
            staged.close();
            throw e;
        }
    }

    private void add(TarEntry entry, TarReader reader) throws IOException {
        String path = ArchivePath.of(entry.path());
        names += path.length() + entry.link().length();
        if (names > NAMES) {
            throw new WherryException(Kind.DENIED, "The archive has more than " + NAMES + " bytes of names.");
        }
        switch (entry.kind()) {
            case FILE -> put(path, file(path, entry, reader));
            case LINK -> link(path, ArchivePath.of(entry.link()));
            case SYMLINK -> link(path, ArchivePath.linked(path, entry.link()));
            default -> {} // folders, devices: no image is made of them
        }
    }

    private Digest file(String path, TarEntry entry, TarReader reader) throws IOException {
        Digest promised = blobName(path);
        if (promised != null && content.has(promised) && content.size(promised) == entry.size()) {
            return promised;
        }
        Digest.Algorithm algorithm = promised == null ? Digest.Algorithm.SHA256 : promised.algorithm();
        try (Staging.Writing file = staging.begin(algorithm)) {
            reader.transfer(new FileSink(file));
            return file.finish().digest();
        }
    }

    /** {@return the digest that a blob's name in an image layout promises; null: it is no such name} */
    private static @Nullable Digest blobName(String path) {
        if (!path.startsWith("blobs/")) {
            return null;
        }
        return Digest.tryParse(path.substring(6).replace('/', ':')).orElse(null);
    }

    private record FileSink(Staging.Writing file) implements TarReader.DataSink {
        private static final byte[] ZEROS = new byte[64 << 10];

        @Override
        public void data(byte[] bytes, int offset, int length) {
            file.write(bytes, offset, length);
        }

        @Override
        public void hole(long length) {
            for (long left = length; left > 0; left -= ZEROS.length) {
                file.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
            }
        }
    }

    private void put(String path, Digest digest) {
        Digest before = files.putIfAbsent(path, digest);
        if (links.containsKey(path) || (before != null && !before.equals(digest))) {
            throw twice(path);
        }
    }

    private void link(String path, String target) {
        if (path.equals(target)) {
            throw new WherryException(
                    Kind.CORRUPT, "The archive is refused: its link `" + BytePath.show(path) + "` leads to itself.");
        }
        String before = links.putIfAbsent(path, target);
        if (files.containsKey(path) || (before != null && !before.equals(target))) {
            throw twice(path);
        }
    }

    private static WherryException twice(String path) {
        return new WherryException(
                Kind.CORRUPT,
                "The archive is refused: it has two different files of the name `" + BytePath.show(path) + "`.");
    }

    /** Where a name leads to; null: nowhere. */
    private @Nullable Digest find(String name) {
        String path = name;
        for (int hops = 0; links.containsKey(path); hops++) {
            if (hops == HOPS) {
                throw new WherryException(
                        Kind.CORRUPT,
                        "The archive is refused: `" + BytePath.show(name) + "` is a chain of more than " + HOPS
                                + " links.");
            }
            path = links.getOrDefault(path, "");
        }
        return files.get(path);
    }

    private Digest required(String path) {
        Digest found = find(ArchivePath.of(BytePath.of(path)));
        if (found == null) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The archive does not have the file `" + BytePath.show(BytePath.of(path)) + "` that it names.",
                    "It may be cut short, or not have been written by a tool that saves images.");
        }
        return found;
    }

    @Override
    public boolean has(String path) {
        return find(path) != null;
    }

    @Override
    public byte[] read(String path) {
        Digest digest = required(path);
        if (size(digest) > ImageDocument.MAX_BYTES) {
            throw new WherryException(
                    Kind.INVALID,
                    "The archive's `" + path + "` has " + size(digest) + " bytes, at most " + ImageDocument.MAX_BYTES
                            + " are accepted.");
        }
        try (InputStream in = open(digest)) {
            return in.readNBytes(ImageDocument.MAX_BYTES);
        } catch (IOException e) {
            throw new WherryException(Kind.UNAVAILABLE, "Cannot read `" + path + "`: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public Descriptor layer(String path) {
        Digest digest = required(path);
        try {
            Compression form;
            try (InputStream in = open(digest)) {
                form = Compression.of(in.readNBytes(Compression.MAGIC));
            }
            if (form == Compression.BZIP2 || form == Compression.XZ) {
                digest = unpacked(digest);
            }
            String type = form == Compression.GZIP
                    ? MediaType.OCI_LAYER_GZIP
                    : form == Compression.ZSTD ? MediaType.OCI_LAYER_ZSTD : MediaType.OCI_LAYER;
            return new Descriptor(type, digest, size(digest));
        } catch (IOException e) {
            throw new WherryException(
                    Kind.CORRUPT, "The archive's `" + path + "` cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** No media type says that a layer is packed like this: it becomes a plain tar. */
    private Digest unpacked(Digest digest) throws IOException {
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Decompression.open(open(digest));
                Staging.Writing file = staging.begin(Digest.Algorithm.SHA256)) {
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                file.write(buffer, 0, got);
            }
            return file.finish().digest();
        }
    }

    @Override
    public void require(Descriptor blob) {
        Digest digest = blob.digest();
        boolean here = staging.find(digest) != null || content.has(digest);
        if (!here) {
            Digest found = find(ArchiveFiles.path(blob));
            throw new WherryException(
                    Kind.CORRUPT,
                    found == null
                            ? "The archive does not have the blob " + digest + " of " + blob.size()
                                    + " bytes that it names."
                            : "The blob " + digest + " is damaged: its bytes have the digest " + found + ".",
                    "It may be cut short, or be the archive of an image without all its platforms.");
        }
        if (size(digest) != blob.size()) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The blob " + digest + " has " + size(digest) + " bytes, its descriptor says " + blob.size() + ".");
        }
    }

    private long size(Digest digest) {
        Staging.Staged file = staging.find(digest);
        return file == null ? content.size(digest) : file.size();
    }

    private InputStream open(Digest digest) throws IOException {
        Staging.Staged file = staging.find(digest);
        return file == null ? content.open(digest) : Files.newInputStream(file.file());
    }

    @Override
    public InputStream open(Descriptor blob, long offset) throws IOException {
        InputStream in = open(blob.digest());
        in.skipNBytes(offset);
        return in;
    }

    @Override
    public void offer(Descriptor blob, ContentStore to) {
        Staging.Staged file = staging.find(blob.digest());
        if (file != null && !to.has(blob.digest())) {
            to.offer(blob, file.file());
            offered.add(blob);
        }
    }

    @Override
    public void close() {
        try {
            for (Descriptor blob : offered) {
                content.withdraw(blob);
            }
        } finally {
            staging.close();
        }
    }
}
