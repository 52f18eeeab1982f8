package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A blob's bytes from a position on. A broken connection is taken up again where it broke; the end of the stream is
 * reached only if length and digest of the whole blob are right; the digest is the reader's to prove if it keeps the hash.
 */
final class BlobStream extends InputStream {
    /** How long an answer may leave open whether more comes, once all bytes are there and right. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Opens the blob at an offset: the body begins with that byte. */
    interface Source {
        Answer open(long offset, Duration limit) throws IOException;
    }

    private final Descriptor blob;
    private final Source source;
    private final Attempts attempts;
    private final PullListener listener;
    private final @Nullable MessageDigest hash;
    private final String what;
    private long position;
    private @Nullable Answer answer;
    private boolean proved;
    private @Nullable WherryException failure;

    BlobStream(
            Descriptor blob, BlobPosition from, Source source, Attempts attempts, PullListener listener, String what) {
        this.blob = blob;
        this.hash = from.hash().orElse(null);
        this.position = from.offset();
        this.source = source;
        this.attempts = attempts;
        this.listener = listener;
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Fails with a {@link WherryException}, again on each further call; never with an {@link IOException}. */
    @Override
    public int read(byte[] into, int offset, int length) {
        if (failure != null) {
            throw failure;
        }
        if (length == 0) {
            return 0;
        }
        try {
            while (position < blob.size()) {
                int n = receive(into, offset, (int) Math.min(length, blob.size() - position));
                if (n > 0) {
                    return n;
                }
            }
            prove();
            return -1;
        } catch (WherryException e) {
            failure = e;
            close();
            throw e;
        }
    }

    /** {@return the bytes received; 0 after a fault that another try may pass} */
    private int receive(byte[] into, int offset, int length) {
        try {
            Answer open = answer;
            if (open == null) {
                open = source.open(position, attempts.limit());
                answer = open;
            }
            open.body().idleLimit(attempts.limit());
            int n = open.body().read(into, offset, length);
            if (n < 0) {
                throw new Fault(
                        Fault.At.TRANSFER,
                        "the answer ended after " + position + " of " + blob.size() + " bytes",
                        null);
            }
            if (hash != null) {
                hash.update(into, offset, n);
            }
            position += n;
            attempts.progress(n);
            listener.received(blob, position);
            return n;
        } catch (IOException e) {
            close();
            attempts.failed(e);
            return 0;
        } catch (RegistryException e) {
            throw attempts.told(e, e.getMessage());
        }
    }

    private void prove() {
        if (proved) {
            return;
        }
        if (hash != null) {
            proveDigest(hash);
        }
        Answer open = answer;
        if (open != null && hasMore(open)) {
            throw new WherryException(
                    Kind.CORRUPT, what + ": the registry sends more than its " + blob.size() + " bytes.");
        }
        proved = true;
        close();
    }

    private void proveDigest(MessageDigest whole) {
        Digest found = Digest.finish(blob.digest().algorithm(), whole);
        if (!found.equals(blob.digest())) {
            throw new WherryException(
                    Kind.CORRUPT,
                    what + ": its " + position + " bytes have the digest " + found + ", expected " + blob.digest()
                            + ".",
                    "The registry, a proxy or a partial file from an earlier pull is damaged; pull again.");
        }
    }

    private boolean hasMore(Answer open) {
        try {
            Duration limit = attempts.limit();
            open.body().idleLimit(limit.compareTo(GRACE) < 0 ? limit : GRACE);
            return open.body().read() >= 0;
        } catch (InterruptedIOException e) {
            throw new WherryException(Kind.INTERRUPTED, what + ": it was interrupted.", e);
        } catch (IOException e) {
            // All bytes are there and right; how the connection ends is of no interest.
            return false;
        }
    }

    @Override
    public void close() {
        Answer open = answer;
        if (open != null) {
            open.close();
            answer = null;
        }
    }
}
