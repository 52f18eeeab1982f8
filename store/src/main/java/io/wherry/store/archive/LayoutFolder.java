package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.content.ContentStore;
import io.wherry.store.disk.Durable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An OCI image layout in a folder of somebody's. Its files are read where they are; links are not followed. */
final class LayoutFolder implements ArchiveFiles {
    private final Path folder;

    LayoutFolder(Path folder) {
        this.folder = folder;
    }

    @Override
    public boolean has(String path) {
        return Files.isRegularFile(folder.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public byte[] read(String path) {
        if (!has(path)) {
            throw missing(path);
        }
        try (InputStream in = openFile(folder.resolve(path))) {
            byte[] bytes = in.readNBytes(ImageDocument.MAX_BYTES + 1);
            if (bytes.length > ImageDocument.MAX_BYTES) {
                throw new WherryException(
                        Kind.INVALID,
                        "`" + folder.resolve(path) + "` has more than " + ImageDocument.MAX_BYTES + " bytes.");
            }
            return bytes;
        } catch (IOException e) {
            throw Durable.failure("read", folder.resolve(path), e);
        }
    }

    @Override
    public Descriptor layer(String path) {
        throw new WherryException(
                Kind.UNSUPPORTED,
                "`" + folder + "` is an unpacked docker-archive, which is read as an archive only.",
                "Give the archive itself, or a folder that is an OCI image layout.");
    }

    @Override
    public void require(Descriptor blob) {
        Path file = blob.digest().in(folder.resolve("blobs"));
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw missing(ArchiveFiles.path(blob));
        }
        try {
            long size = Files.size(file);
            if (size != blob.size()) {
                throw new WherryException(
                        Kind.CORRUPT,
                        "The blob " + blob.digest() + " has " + size + " bytes, its descriptor says " + blob.size()
                                + ".");
            }
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        }
    }

    private WherryException missing(String path) {
        return new WherryException(Kind.CORRUPT, "`" + folder + "` has no file `" + path + "`.");
    }

    @Override
    public InputStream open(Descriptor blob, long offset) throws IOException {
        InputStream in = openFile(blob.digest().in(folder.resolve("blobs")));
        in.skipNBytes(offset);
        return in;
    }

    private static InputStream openFile(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void offer(Descriptor blob, ContentStore content) {
        // It is copied as it is unpacked.
    }

    @Override
    public void close() {
        // Nothing was made.
    }
}
