package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.layer.StoreSpace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/**
 * A tar with the files of a root, put aside to become the one layer of an image: a plain tar, whatever it came packed in. For one thread, but {@link #open}. Closing it removes what was put aside.
 */
public final class RootArchive implements AutoCloseable {
    private static final int CAPACITY = 256 << 10;

    private final Staging staging;
    private final Staging.Staged file;
    private final ContentStore content;

    private RootArchive(Staging staging, Staging.Staged file, ContentStore content) {
        this.staging = staging;
        this.file = file;
        this.content = content;
    }

    /**
     * Reads an archive to its end, compressed or not. The stream stays the caller's.
     *
     * @param content where its image is to go
     */
    public static RootArchive read(InputStream archive, StoreSpace space, ContentStore content) {
        Staging staging = new Staging(space);
        try {
            return new RootArchive(staging, put(archive, staging), content);
        } catch (RuntimeException | Error e) {
            staging.close();
            throw e;
        }
    }

    private static Staging.Staged put(InputStream archive, Staging staging) {
        try (Staging.Writing file = staging.begin(Digest.Algorithm.SHA256)) {
            InputStream in = Decompression.open(archive);
            byte[] buffer = new byte[CAPACITY];
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                file.write(buffer, 0, got);
            }
            return file.finish();
        } catch (IOException e) {
            throw new WherryException(Kind.CORRUPT, "The archive cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** {@return the layer; its digest is its diff id} */
    public Descriptor layer() {
        return new Descriptor(MediaType.OCI_LAYER, file.digest(), file.size());
    }

    /** {@return the layer's bytes from an offset on} */
    public InputStream open(long offset) throws IOException {
        InputStream in = Files.newInputStream(file.file());
        in.skipNBytes(offset);
        return in;
    }

    /** Makes ready what a pull of an image with this layer asks for. */
    public void offer() {
        if (!content.has(file.digest())) {
            content.offer(layer(), file.file());
        }
    }

    @Override
    public void close() {
        try {
            content.withdraw(layer());
        } finally {
            staging.close();
        }
    }
}
