package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Ingest;
import io.wherry.store.disk.Durable;
import io.wherry.store.layer.ImageUnpacking;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** One layer of a pull: its blob into the content store and, if it is wanted, its files into the driver, in one pass. */
final class LayerPull {
    private final ContentStore content;
    private final BlobSource source;
    private final ImageUnpacking unpacking;
    private final PullProgress progress;
    private final Cancellation cancellation;
    private final long bytesLimit;
    private final boolean sparing;

    /** {@code sparing}: whether a blob that is not here is fetched only to be unpacked. */
    LayerPull(
            ContentStore content,
            BlobSource source,
            ImageUnpacking unpacking,
            PullProgress progress,
            Cancellation cancellation,
            long bytesLimit,
            boolean sparing) {
        this.content = content;
        this.source = source;
        this.unpacking = unpacking;
        this.progress = progress;
        this.cancellation = cancellation;
        this.bytesLimit = bytesLimit;
        this.sparing = sparing;
    }

    void run(int index, Descriptor layer, Digest diffId) {
        boolean here = content.has(layer);
        if (!here) {
            content.remove(layer.digest()); // cut short by whatever happened to the disk
        }
        if ((here || sparing) && !unpacking.needs(index)) {
            progress.present(layer);
            return;
        }
        try {
            if (!content.has(layer.digest()) || !unpackStored(index, layer, diffId)) {
                download(index, layer, diffId);
            }
        } catch (IOException e) {
            throw failure(layer, e);
        }
        progress.unpacked(layer);
    }

    /** {@return false if the stored blob turned out to be damaged, and is gone now} */
    private boolean unpackStored(int index, Descriptor layer, Digest diffId) throws IOException {
        WherryException failure;
        try (InputStream stored = content.open(layer.digest())) {
            unpack(index, layer, diffId, cancellation.watch(stored));
            return true;
        } catch (IOException e) {
            failure = failure(layer, e);
        } catch (WherryException e) {
            failure = e;
        }
        if (failure.kind() != Kind.CORRUPT || content.isWhole(layer.digest())) {
            throw failure;
        }
        content.remove(layer.digest());
        return false;
    }

    private void download(int index, Descriptor layer, Digest diffId) throws IOException {
        try (Ingest ingest = content.ingest(layer)) {
            if (content.has(layer.digest())) {
                ingest.discard();
                run(index, layer, diffId); // Another process was faster.
                return;
            }
            if (attempt(index, layer, diffId, ingest)) {
                return;
            }
        }
        try (Ingest anew = content.ingest(layer)) {
            attempt(index, layer, diffId, anew);
        }
    }

    /** {@return false if what an earlier attempt left may be what is wrong, and is thrown away now} */
    private boolean attempt(int index, Descriptor layer, Digest diffId, Ingest ingest) {
        boolean resumed = ingest.offset() > 0;
        RuntimeException failure;
        try {
            receive(index, layer, diffId, ingest);
            return true;
        } catch (IOException e) {
            failure = failure(layer, e);
        } catch (WherryException e) {
            failure = e;
        }
        boolean damage = failure instanceof WherryException w && w.kind() == Kind.CORRUPT;
        boolean noRange = resumed && failure instanceof WherryException w && w.kind() == Kind.UNSUPPORTED;
        if (!damage && !noRange) {
            throw failure; // The bytes so far are kept for the next pull.
        }
        failure = damaged(layer, ingest, failure);
        if (!resumed) {
            throw failure;
        }
        return false;
    }

    private void receive(int index, Descriptor layer, Digest diffId, Ingest ingest) throws IOException {
        long offset = ingest.offset();
        try (InputStream rest = offset == layer.size() ? InputStream.nullInputStream() : source.open(layer, offset);
                InputStream written = new WrittenInput(rest, ingest, layer)) {
            InputStream all = offset > 0 ? new SequenceInputStream(ingest.earlier(), written) : written;
            if (unpacking.needs(index)) {
                unpack(index, layer, diffId, cancellation.watch(all));
            } else {
                skip(all);
            }
        }
        if (!ingest.verify()) {
            throw wrongDigest(layer, ingest.position());
        }
        ingest.commit();
    }

    /** {@return the exception to throw}: damage in all of the bytes is most often wrong bytes, and then that is the better sentence. */
    private static RuntimeException damaged(Descriptor layer, Ingest ingest, RuntimeException e) {
        boolean wrong = ingest.position() == layer.size() && !ingest.verify();
        ingest.discard();
        return wrong ? wrongDigest(layer, ingest.position()) : e;
    }

    private static void skip(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int got = 0;
        while (got >= 0) {
            got = in.read(buffer);
        }
    }

    /** Two threads: one takes the compressed bytes, this one the archive. */
    private void unpack(int index, Descriptor layer, Digest diffId, InputStream compressed) throws IOException {
        BlockPipe pipe = new BlockPipe();
        InputStream archive = Decompression.open(compressed);
        Thread filler = Thread.ofPlatform()
                .name("wherry-inflate-" + index)
                .daemon()
                .start(() -> {
                    pipe.fill(archive);
                    drainQuietly(compressed);
                });
        Digest found;
        boolean whole = false;
        try (InputStream reader = pipe.reader();
                HashedInput hashed = new HashedInput(reader, diffId.algorithm(), bytesLimit, layer)) {
            unpacking.layer(index, hashed);
            found = hashed.digest();
            whole = true;
        } finally {
            if (!whole) {
                compressed.close(); // The other thread may wait for bytes that nobody wants any more.
            }
            join(filler);
            archive.close();
        }
        if (!found.equals(diffId)) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The layer " + layer.digest() + " holds the archive " + found + ", the image's configuration says "
                            + diffId + ".");
        }
    }

    /** What is left behind the end of the compressed form belongs to the blob. An error here shows in the blob's digest, which says it better. */
    @SuppressWarnings("EmptyCatch")
    private static void drainQuietly(InputStream compressed) {
        try {
            skip(compressed);
        } catch (IOException | RuntimeException e) {
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static WherryException wrongDigest(Descriptor layer, long found) {
        return new WherryException(
                Kind.CORRUPT,
                "The blob " + layer.digest() + " has another digest, or not its " + layer.size() + " bytes: " + found
                        + " bytes were received.",
                "The registry or something on the way to it sends wrong bytes.");
    }

    private WherryException failure(Descriptor layer, IOException e) {
        if (e.getCause() instanceof WherryException w) {
            return w;
        }
        if (e instanceof SourceException && !cancellation.isCancelled()) {
            return new WherryException(
                    Kind.UNAVAILABLE,
                    "The layer " + layer.digest() + " could not be read to its end: " + e.getMessage() + ".",
                    "Pull again: what has come is kept.",
                    e);
        }
        if (cancellation.isCancelled()) {
            return new WherryException(Kind.INTERRUPTED, "The pull was ended.", e);
        }
        if (e instanceof FileSystemException f && f.getFile() != null) {
            return Durable.failure("unpack into", Path.of(f.getFile()), e);
        }
        return new WherryException(
                Kind.CORRUPT, "The layer " + layer.digest() + " cannot be unpacked: " + e.getMessage() + ".", e);
    }

    /** The source failed, not what it sent. */
    private static final class SourceException extends IOException {
        private static final long serialVersionUID = 1L;

        SourceException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Writes what is read from the source into the blob. */
    private final class WrittenInput extends InputStream {
        private final InputStream in;
        private final Ingest ingest;
        private final Descriptor layer;

        WrittenInput(InputStream in, Ingest ingest, Descriptor layer) {
            this.in = in;
            this.ingest = ingest;
            this.layer = layer;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int got;
            try {
                got = in.read(to, offset, length);
            } catch (IOException e) {
                throw new SourceException(e);
            }
            if (got > 0) {
                ingest.write(to, offset, got);
                progress.bytes(layer, ingest.position());
            }
            return got;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
