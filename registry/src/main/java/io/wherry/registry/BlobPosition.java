package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * How much of a blob the caller has already, with the hash over it, so that a transfer can go on where an earlier one
 * ended and still be proved as a whole.
 *
 * @param hash of the descriptor's algorithm, fed with the first {@code offset} bytes; belongs to the stream from then
 *     on. None: the caller proves the digest by itself, and the stream only the length
 * @param offset in bytes
 */
public record BlobPosition(Optional<MessageDigest> hash, long offset) {

    public BlobPosition {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset must not be negative: " + offset);
        }
    }

    /** {@return the position of a caller that has nothing} */
    public static BlobPosition start(Descriptor blob) {
        return new BlobPosition(Optional.of(blob.digest().algorithm().start()), 0);
    }

    /** {@return the position of a caller that has {@code offset} bytes and hashes the whole blob itself: hashing twice proves no more} */
    public static BlobPosition unproved(long offset) {
        return new BlobPosition(Optional.empty(), offset);
    }

    /**
     * {@return the position after the bytes in {@code partial}, which are read and hashed; a missing file is empty}
     *
     * <p>A file that is longer than the blob is {@code CORRUPT}: the caller should delete it and begin again.
     */
    public static BlobPosition after(Path partial, Descriptor blob) {
        MessageDigest hash = blob.digest().algorithm().start();
        long offset = 0;
        try (InputStream in = Files.newInputStream(partial)) {
            byte[] chunk = new byte[64 << 10];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                hash.update(chunk, 0, n);
                offset += n;
            }
        } catch (NoSuchFileException e) {
            return start(blob);
        } catch (IOException e) {
            throw new WherryException(
                    Kind.UNAVAILABLE, "Cannot read `" + partial + "`: " + Transport.sentence(e) + ".", e);
        }
        if (offset > blob.size()) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "`" + partial + "` has " + offset + " bytes, but the blob " + blob.digest() + " has only "
                            + blob.size() + ".");
        }
        return new BlobPosition(Optional.of(hash), offset);
    }
}
