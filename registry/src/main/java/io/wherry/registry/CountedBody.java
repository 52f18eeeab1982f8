package io.wherry.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A body on its way: how much of it was taken. Closed when the answer is there, or when nobody waits for it any more. */
final class CountedBody implements AutoCloseable {
    private final Body body;
    private final List<InputStream> opened = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();

    CountedBody(Body body) {
        this.body = body;
    }

    BodyPublisher publisher() {
        return body.length() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), body.length());
    }

    private synchronized InputStream open() {
        sent.set(0);
        try {
            InputStream in = new Counting(body.bytes().open(0));
            opened.add(in);
            return in;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long sent() {
        return sent.get();
    }

    boolean isSent() {
        return sent.get() >= body.length();
    }

    @Override
    public synchronized void close() throws IOException {
        for (InputStream in : opened) {
            in.close();
        }
    }

    /** Gives as many bytes as the body has, however many the stream would give. */
    private final class Counting extends FilterInputStream {
        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            long left = body.length() - sent.get();
            if (left <= 0) {
                return -1;
            }
            int n = super.read(into, offset, (int) Math.min(length, left));
            if (n > 0) {
                sent.addAndGet(n);
            }
            return n;
        }
    }
}
