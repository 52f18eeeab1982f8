package io.wherry.store.compress;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses to one member of gzip by several threads: blocks of one size, each with the end of the one before as its dictionary. The bytes depend on the input alone, not on the number of threads or
 * on how it was written. For one thread; closing it ends the member, the stream below stays open.
 *
 * @see "RFC 1952"
 */
public final class ParallelGzip extends OutputStream {
    private static final int BLOCK = 256 << 10;
    private static final int WINDOW = 32 << 10;
    private static final int LEVEL = 6;
    private static final byte[] NOTHING = {};
    /** Deflate, no name and no time, an unknown system. */
    private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};

    private final OutputStream out;
    private final ExecutorService threads;
    private final int most;
    private final Deque<Future<byte[]>> running = new ArrayDeque<>();
    private final CRC32 crc = new CRC32();
    private byte[] block = new byte[BLOCK];
    private byte[] dictionary = NOTHING;
    private int filled;
    private long size;
    private boolean closed;

    public ParallelGzip(OutputStream out, int threads) throws IOException {
        this.out = out;
        this.most = 2 * threads;
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("wherry-gzip-", 0).daemon().factory());
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        crc.update(bytes, offset, length);
        size += length;
        int at = offset;
        int left = length;
        while (left > 0) {
            if (filled == BLOCK) {
                submit(false);
            }
            int chunk = Math.min(left, BLOCK - filled);
            System.arraycopy(bytes, at, block, filled, chunk);
            filled += chunk;
            at += chunk;
            left -= chunk;
        }
    }

    private void submit(boolean last) throws IOException {
        byte[] input = block;
        byte[] before = dictionary;
        int length = filled;
        running.add(threads.submit(() -> deflate(input, length, before, last)));
        dictionary = input;
        block = new byte[BLOCK];
        filled = 0;
        if (running.size() >= most) {
            take();
        }
    }

    private void take() throws IOException {
        try {
            out.write(running.remove().get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A block ends at a byte (a sync flush), so that blocks can be put behind each other; the last one ends the stream. */
    private static byte[] deflate(byte[] input, int length, byte[] before, boolean last) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            if (before.length > 0) {
                deflater.setDictionary(before, before.length - WINDOW, WINDOW);
            }
            deflater.setInput(input, 0, length);
            byte[] output = new byte[length + length / 1000 + 128];
            if (last) {
                deflater.finish();
            }
            int made = 0;
            for (; ; ) {
                int mode = last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
                int more = deflater.deflate(output, made, output.length - made, mode);
                made += more;
                if (last ? deflater.finished() : made < output.length) {
                    return java.util.Arrays.copyOf(output, made);
                }
                output = java.util.Arrays.copyOf(output, 2 * output.length);
            }
        } finally {
            deflater.end();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            submit(true);
            while (!running.isEmpty()) {
                take();
            }
            byte[] trailer = new byte[8];
            for (int i = 0; i < 4; i++) {
                trailer[i] = (byte) (crc.getValue() >>> (8 * i));
                trailer[4 + i] = (byte) (size >>> (8 * i));
            }
            out.write(trailer);
            out.flush();
        } finally {
            threads.shutdownNow();
        }
    }
}
