package io.wherry.store.tree;

import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.MediaType;
import io.wherry.store.archive.Staging;
import io.wherry.store.compress.ParallelGzip;
import io.wherry.store.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A container's changes as a layer: an archive, compressed, in a file that is put aside.
 *
 * @param blob its descriptor
 * @param file where it is, until the staging is closed
 * @param diffId digest of the archive before it was compressed
 * @param unnameable entries that a layer cannot hold, since their names are those of whiteouts
 * @param omittedXattrs extended attributes that an archive cannot hold
 */
public record ChangedLayer(Descriptor blob, Path file, Digest diffId, long unnameable, long omittedXattrs) {
    /**
     * {@return the layer}
     *
     * @param root the container's tree
     * @param latest no time in the layer is later, in seconds since 1970
     */
    public static ChangedLayer write(
            ContainerChanges changes, TreeTarget root, TreePilots pilots, Staging staging, long latest)
            throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.start();
        try (Staging.Writing file = staging.begin(Digest.Algorithm.SHA256);
                TreeSession session = pilots.open(root)) {
            LayerArchive archive;
            int threads = Runtime.getRuntime().availableProcessors();
            try (ParallelGzip gzip = new ParallelGzip(new Pieces(file::write), threads)) {
                OutputStream hashed = new Pieces((bytes, offset, length) -> {
                    hash.update(bytes, offset, length);
                    gzip.write(bytes, offset, length);
                });
                archive = new LayerArchive(
                        new TarWriter(hashed, TarWriter.Times.SECONDS), new TreeReader(session), latest);
                changes.tell(archive);
                archive.finish();
            }
            Staging.Staged whole = file.finish();
            return new ChangedLayer(
                    new Descriptor(MediaType.OCI_LAYER_GZIP, whole.digest(), whole.size()),
                    whole.file(),
                    Digest.finish(Digest.Algorithm.SHA256, hash),
                    archive.unnameable(),
                    archive.omittedXattrs());
        }
    }

    /** Takes bytes. */
    private interface Taker {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    /** A stream that hands pieces on. */
    private static final class Pieces extends OutputStream {
        private final Taker taker;

        Pieces(Taker taker) {
            this.taker = taker;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            taker.take(bytes, offset, length);
        }
    }
}
