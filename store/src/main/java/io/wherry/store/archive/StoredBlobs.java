package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Compression;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Blobs of a content store on their way out: verified again as they are read, since what leaves is to be what it says. Stateless but for the store. */
final class StoredBlobs {
    private final ContentStore content;

    StoredBlobs(ContentStore content) {
        this.content = content;
    }

    /** Refuses an image whose blob is not kept. */
    void require(Descriptor blob, String image) {
        if (!content.has(blob.digest()) || content.size(blob.digest()) != blob.size()) {
            throw new WherryException(
                    Kind.FAILED_PRECONDITION,
                    "The image `" + image + "` cannot be saved: its blob " + blob.digest() + " of " + blob.size()
                            + " bytes is not kept here any more.",
                    "Pull the image again.");
        }
    }

    /** {@return the blob's bytes; an end with another digest is {@code CORRUPT}} */
    InputStream open(Descriptor blob) {
        return new Verified(content.open(blob.digest()), blob.digest(), "The stored blob " + blob.digest());
    }

    /** {@return the bytes of the archive that a layer's blob holds} */
    InputStream openArchive(Descriptor layer, Digest diffId) throws IOException {
        return new Verified(
                Decompression.open(content.open(layer.digest())), diffId, "The stored layer " + layer.digest());
    }

    /** {@return how many bytes {@link #openArchive} has; a compressed layer is read to its end for that} */
    long archiveSize(Descriptor layer, Digest diffId) throws IOException {
        try (InputStream in = content.open(layer.digest())) {
            if (Compression.of(in.readNBytes(Compression.MAGIC)) == Compression.NONE) {
                return layer.size();
            }
        }
        long size = 0;
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = openArchive(layer, diffId)) {
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                size += got;
            }
        }
        return size;
    }

    private static final class Verified extends FilterInputStream {
        private final Digest expected;
        private final String what;
        private final MessageDigest hash;

        Verified(InputStream in, Digest expected, String what) {
            super(in);
            this.expected = expected;
            this.what = what;
            this.hash = expected.algorithm().start();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int got = in.read(to, offset, length);
            if (got > 0) {
                hash.update(to, offset, got);
            } else if (got < 0) {
                Digest found = Digest.finish(expected.algorithm(), hash);
                if (!found.equals(expected)) {
                    throw new WherryException(
                            Kind.CORRUPT,
                            what + " is damaged: its bytes have the digest " + found + ", expected was " + expected
                                    + ".",
                            "Pull the image again.");
                }
            }
            return got;
        }
    }
}
