package io.wherry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;

/** One of the streams that an attached process writes: what came and was not read yet, 1 MiB at most. */
final class AttachedOutput extends InputStream {
    private static final int KEPT = 1 << 20;

    private final AttachedState state;
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private int at; // in the first
    private int size;
    private boolean asked;
    private boolean unwanted; // its reader has closed it
    private boolean torn; // behind what is kept something was dropped

    AttachedOutput(AttachedState state) {
        this.state = state;
    }

    /** Somebody wants it, so from now on the process waits for its reader. */
    void ask() {
        state.lock.lock();
        try {
            asked = true;
        } finally {
            state.lock.unlock();
        }
    }

    /** Keeps what came; waits, with the lock in hand, until there is room, unless nobody would ever make it. */
    void add(byte[] bytes) {
        while (size >= KEPT && !unwanted && !torn && !state.closed) {
            if (!asked && state.waiting > 0) {
                torn = true;
            } else {
                state.changed.awaitUninterruptibly();
            }
        }
        if (!unwanted && !torn && bytes.length > 0) {
            chunks.add(bytes);
            size += bytes.length;
            state.changed.signalAll();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        state.lock.lock();
        try {
            awaitBytes();
            byte[] first = chunks.peek();
            if (first == null) {
                return -1;
            }
            int count = Math.min(length, first.length - at);
            System.arraycopy(first, at, to, offset, count);
            at += count;
            size -= count;
            if (at == first.length) {
                chunks.remove();
                at = 0;
            }
            state.changed.signalAll();
            return count;
        } finally {
            state.lock.unlock();
        }
    }

    private void awaitBytes() throws IOException {
        state.waiting++;
        state.changed.signalAll();
        try {
            while (chunks.isEmpty() && !state.ended && !torn && !unwanted) {
                state.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            state.waiting--;
        }
        if (unwanted) {
            throw new IOException("this stream was closed");
        }
        if (chunks.isEmpty() && torn) {
            throw new IOException("the rest was not kept, because this stream of the " + state.what
                    + " was asked for too late; its log may have it");
        }
        if (chunks.isEmpty() && state.closed && state.code.isEmpty()) {
            throw new IOException("the " + state.what + " was closed here before its end");
        }
    }

    @Override
    public int available() {
        state.lock.lock();
        try {
            return size;
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public void close() {
        state.lock.lock();
        try {
            unwanted = true;
            chunks.clear();
            size = 0;
            state.changed.signalAll();
        } finally {
            state.lock.unlock();
        }
    }
}
