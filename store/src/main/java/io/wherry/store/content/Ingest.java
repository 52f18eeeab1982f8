package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A blob that is being written: {@link #earlier} bytes of an earlier attempt are read first (and hashed), the rest is written; then {@link #commit}. Closing without commit keeps
 * the bytes for the next attempt. Holds a lock; for one thread.
 */
public final class Ingest implements AutoCloseable {
    private final Descriptor blob;
    private final Path partial;
    private final Path target;
    private final Durable durable;
    private final FileLocks.Held lock;
    private final FileChannel channel;
    private final MessageDigest hash;
    private final long offset;
    private long position;

    Ingest(Descriptor blob, Path partial, Path target, Durable durable, FileLocks.Held lock) {
        this.blob = blob;
        this.partial = partial;
        this.target = target;
        this.durable = durable;
        this.lock = lock;
        this.hash = blob.digest().algorithm().start();
        FileChannel open = null;
        try {
            open = FileChannel.open(
                    partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (open.size() > blob.size()) {
                open.truncate(0);
            }
            this.offset = open.size();
            this.channel = open;
        } catch (IOException e) {
            throw Durable.failure("write the download", partial, e);
        }
    }

    /** {@return how many bytes an earlier attempt left} */
    public long offset() {
        return offset;
    }

    /** {@return the bytes that an earlier attempt left, to be read whole before anything is written; reading hashes them} */
    public InputStream earlier() throws IOException {
        channel.position(0);
        InputStream bytes = Channels.newInputStream(channel);
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                int got = position >= offset ? -1 : bytes.read(to, at, (int) Math.min(length, offset - position));
                if (got > 0) {
                    hash.update(to, at, got);
                    position += got;
                }
                return got;
            }
        };
    }

    /** Writes the next bytes. More than the descriptor's size is {@code CORRUPT}. */
    public void write(byte[] bytes, int at, int length) {
        if (position < offset) {
            throw new IllegalStateException("earlier bytes were not read");
        }
        if (length > blob.size() - position) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The blob " + blob.digest() + " has more than the " + blob.size()
                            + " bytes that its descriptor says.");
        }
        hash.update(bytes, at, length);
        ByteBuffer rest = ByteBuffer.wrap(bytes, at, length);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) { // the disk's fault, not the bytes': those before it are kept
            throw Durable.failure("write the download", partial, e);
        }
        position += length;
    }

    /** {@return whether the bytes are those that the descriptor promises; if not, they are thrown away} */
    public boolean verify() {
        Digest found = Digest.finish(blob.digest().algorithm(), hash);
        boolean good = position == blob.size() && found.equals(blob.digest());
        if (!good && position >= blob.size()) {
            discard();
        }
        return good;
    }

    /** Throws away what was written. */
    public void discard() {
        try {
            Files.deleteIfExists(partial); // not truncated: an archive's file may be the same one
        } catch (IOException e) {
            throw Durable.failure("remove the download", partial, e);
        }
    }

    /** Makes verified bytes durable and gives them their name; see {@link ContentStore}. */
    public void commit() {
        try {
            durable.force(channel, partial);
            channel.close();
        } catch (IOException e) {
            // What the kernel could not write must be fetched again: a second fsync would succeed without it.
            discard();
            throw Durable.failure("write the blob", target, e);
        }
        durable.rename(partial, target);
    }

    /** {@return how many bytes are there} */
    public long position() {
        return position;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Durable.failure("close the download", partial, e);
        } finally {
            lock.close();
        }
    }
}
