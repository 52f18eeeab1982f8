package io.wherry.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as a stream that cannot hang: a read waits for {@link #idleLimit} at most, and a transfer below the
 * floor ends. Only the time in which the reader waits counts, so a slow reader is never taken for a slow server.
 *
 * <p>The HTTP client writes on its threads, up to {@link #AHEAD} lists of buffers ahead; one thread reads.
 */
final class BodyStream extends InputStream implements BodySubscriber<BodyStream> {
    private static final int AHEAD = 16;
    private static final Object END = new Object();

    private final Patience patience;
    private final Ticker ticker;
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;
    private Duration idleLimit;
    private List<ByteBuffer> buffers = List.of();
    private int next;
    private boolean ended;
    private long waited;
    private long receivedInWindow;

    BodyStream(Patience patience, Ticker ticker) {
        this.patience = patience;
        this.ticker = ticker;
        this.idleLimit = patience.idle();
    }

    /** Sets how long the next reads wait for a byte. */
    void idleLimit(Duration limit) {
        idleLimit = limit;
    }

    @Override
    public CompletionStage<BodyStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
        subscription = value;
        value.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        queue.add(item);
    }

    @Override
    public void onError(Throwable problem) {
        queue.add(problem);
    }

    @Override
    public void onComplete() {
        queue.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            while (next < buffers.size()) {
                ByteBuffer buffer = buffers.get(next);
                if (buffer.hasRemaining()) {
                    int n = Math.min(length, buffer.remaining());
                    buffer.get(into, offset, n);
                    receivedInWindow += n;
                    return n;
                }
                next++;
            }
            if (ended) {
                return -1;
            }
            take();
        }
    }

    @SuppressWarnings("unchecked")
    private void take() throws IOException {
        Object item = queue.poll();
        if (item == null) {
            item = await();
        }
        if (item.equals(END)) {
            ended = true;
        } else if (item instanceof Throwable problem) {
            throw new Fault(Fault.At.TRANSFER, "the connection broke: " + Transport.sentence(problem), problem);
        } else {
            buffers = (List<ByteBuffer>) item;
            next = 0;
            Flow.Subscription source = subscription;
            if (source != null) {
                source.request(1);
            }
        }
    }

    private Object await() throws IOException {
        long start = ticker.nanoTime();
        Object item;
        try {
            item = queue.poll(idleLimit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new InterruptedIOException("interrupted");
        }
        if (item == null) {
            close();
            throw new Fault(Fault.At.IDLE, "no byte came for " + Transport.seconds(idleLimit), null);
        }
        checkFloor(ticker.nanoTime() - start);
        return item;
    }

    private void checkFloor(long waitedNow) throws IOException {
        waited += waitedNow;
        if (waited < patience.floorWindow().toNanos()) {
            return;
        }
        double rate = receivedInWindow / (waited / 1e9);
        if (rate < patience.floorBytesPerSecond()) {
            close();
            throw new Fault(
                    Fault.At.SLOW,
                    "only " + receivedInWindow + " bytes came in " + Transport.seconds(Duration.ofNanos(waited)),
                    null);
        }
        waited = 0;
        receivedInWindow = 0;
    }

    /** Ends the transfer; idempotent. */
    @Override
    public void close() {
        Flow.Subscription source = subscription;
        if (source != null) {
            source.cancel();
        }
        ended = true;
        buffers = List.of();
        next = 0;
    }
}
