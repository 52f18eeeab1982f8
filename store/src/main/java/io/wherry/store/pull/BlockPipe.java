package io.wherry.store.pull;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Blocks of bytes from one thread to another, a fixed number of them going round. */
final class BlockPipe {
    private static final int BLOCK = 256 << 10;
    private static final int COUNT = 16;

    private static final class Block {
        final byte[] bytes = new byte[BLOCK];
        int length;

        @Nullable
        Throwable failure;
    }

    private final ArrayBlockingQueue<Block> full = new ArrayBlockingQueue<>(COUNT + 1);
    private final ArrayBlockingQueue<Block> empty = new ArrayBlockingQueue<>(COUNT + 1);
    private int made;
    private volatile boolean readerGone;

    /** Reads {@code in} to its end into the pipe; an exception of it goes to the reader. Returns early when the reader has closed. */
    void fill(InputStream in) {
        Throwable failure = null;
        try {
            while (!readerGone) {
                Block block = made < COUNT ? new Block() : empty.take();
                made++;
                block.length = in.readNBytes(block.bytes, 0, BLOCK);
                if (block.length == 0) {
                    break;
                }
                full.put(block);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        Block last = new Block();
        last.length = -1;
        last.failure = failure;
        if (!full.offer(last) && !readerGone) {
            throw new AssertionError("one place is kept for the last block");
        }
    }

    /** {@return the other end; closing it makes the writer stop} */
    InputStream reader() {
        return new InputStream() {
            private @Nullable Block current;
            private int at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                Block block = current;
                if (block == null) {
                    try {
                        block = full.take();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IOException("interrupted", e);
                    }
                    current = block;
                    at = 0;
                }
                if (block.length < 0) {
                    rethrow(block.failure);
                    return -1;
                }
                int got = Math.min(length, block.length - at);
                System.arraycopy(block.bytes, at, to, offset, got);
                at += got;
                if (at == block.length) {
                    current = null;
                    empty.add(block);
                }
                return got;
            }

            @Override
            public void close() {
                readerGone = true;
                if (empty.isEmpty() && empty.offer(new Block())) {
                    full.clear(); // The writer waits for a block, or will: it has one now, and looks.
                }
            }
        };
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw new IOException("the thread that reads the layer ended: " + failure, failure);
        }
    }
}
