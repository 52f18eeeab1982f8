package io.wherry.store.tar;

import java.io.IOException;
import java.io.InputStream;

/** The archive's bytes through one buffer: blocks for headers, slices without a copy for data. */
final class TarInput {
    static final int BLOCK = 512;
    private static final int CAPACITY = 256 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[CAPACITY];
    private int start;
    private int end;
    private long consumed;

    TarInput(InputStream in) {
        this.in = in;
    }

    byte[] buffer() {
        return buffer;
    }

    /** {@return how many bytes were handed out} */
    long offset() {
        return consumed;
    }

    /** {@return where in {@link #buffer} the next block begins, valid until the next call; -1 at the end of the archive} */
    int block() throws IOException {
        if (!fill(BLOCK)) {
            if (start == end) {
                return -1;
            }
            throw new TarException(consumed, "it ends within a block");
        }
        return take(BLOCK);
    }

    /** {@return where in {@link #buffer} {@code length} bytes begin, at most the buffer's size} */
    int bytes(int length) throws IOException {
        if (!fill(length)) {
            throw new TarException(consumed, "it ends where " + length + " bytes were promised");
        }
        return take(length);
    }

    /** {@return how many bytes, at least 1 and at most {@code most}, can be taken at once} */
    int available(long most) throws IOException {
        if (!fill(1)) {
            throw new TarException(consumed, "it ends where " + most + " bytes were promised");
        }
        return (int) Math.min(end - start, most);
    }

    void skip(long length) throws IOException {
        for (long left = length; left > 0; ) {
            int chunk = available(left);
            take(chunk);
            left -= chunk;
        }
    }

    int take(int length) {
        int at = start;
        start += length;
        consumed += length;
        return at;
    }

    private boolean fill(int length) throws IOException {
        if (end - start >= length) {
            return true;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        while (end < length) {
            int got = in.read(buffer, end, CAPACITY - end);
            if (got < 0) {
                return false;
            }
            end += got;
        }
        return true;
    }
}
