package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Hashes and counts what is read; refuses more than a limit. */
final class HashedInput extends InputStream {
    private final InputStream in;
    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;
    private final long limit;
    private final Descriptor layer;
    private long count;

    HashedInput(InputStream in, Digest.Algorithm algorithm, long limit, Descriptor layer) {
        this.in = in;
        this.algorithm = algorithm;
        this.hash = algorithm.start();
        this.limit = limit;
        this.layer = layer;
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
            count += got;
            if (count > limit) {
                throw new WherryException(
                        Kind.DENIED,
                        "The layer " + layer.digest() + " of " + layer.size() + " bytes unpacks to more than " + limit
                                + ".");
            }
        }
        return got;
    }

    /** {@return the digest of what was read} */
    Digest digest() {
        return Digest.finish(algorithm, hash);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
