package io.wherry.engine.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file that many append to while it is rotated: {@code name}, {@code name.1}, … of a folder, oldest first. Somebody who opened a file before it was rotated may append to it
 * afterwards, however often it was, so each is looked at until it is rotated away. For one thread.
 */
public final class RotatedLines {
    /** Takes lines. */
    @FunctionalInterface
    public interface Output {
        /**
         * Takes a line.
         *
         * @param block where it lies, until this call returns
         * @param from its first byte
         * @param to the byte behind its last, which is a line feed
         * @return whether more is wanted
         */
        boolean line(byte[] block, int from, int to);
    }

    private final Path folder;
    private final LogChain chain;
    private final LogRecord record = new LogRecord();

    public RotatedLines(Path folder, String name) {
        this.folder = folder;
        this.chain = new LogChain(folder, name, new LineFormat());
    }

    /**
     * Reads what is there and, if asked, what comes.
     *
     * @param until when to end, in milliseconds since 1970, if {@code follow}
     */
    public void read(boolean follow, long until, Output output) throws IOException {
        if (!follow) {
            read(null, 0, output);
            return;
        }
        try (LogWatch watch = new LogWatch(folder)) {
            read(watch, until, output);
        }
    }

    private void read(@Nullable LogWatch watch, long until, Output output) throws IOException {
        Deque<LogFile> files = new ArrayDeque<>(); // oldest first
        try {
            while (true) {
                boolean last = watch == null || System.currentTimeMillis() >= until;
                boolean more = open(files);
                if (!drain(files, output)) {
                    return;
                }
                if (more) {
                    closeGone(files);
                } else if (last || watch == null) {
                    return;
                } else {
                    watch.await(until - System.currentTimeMillis());
                }
            }
        } finally {
            for (LogFile file : files) {
                file.close();
            }
        }
    }

    /** Opens what has come. {@return whether something has} */
    private boolean open(Deque<LogFile> files) throws IOException {
        int before = files.size();
        LogFile next = files.isEmpty() ? chain.oldest() : chain.newer(files.getLast());
        while (next != null && next != files.peekLast()) {
            files.add(next);
            next = chain.newer(next);
        }
        return files.size() > before;
    }

    /** Sizes are taken newest first and lines oldest first, so that who appended to an old file and then to a newer one is read in that order. */
    private boolean drain(Deque<LogFile> files, Output output) throws IOException {
        for (LogFile file : files.reversed()) {
            file.limit(file.length());
        }
        for (LogFile file : files) {
            while (file.next(record)) {
                if (!output.line(file.block, record.from, record.to)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void closeGone(Deque<LogFile> files) throws IOException {
        while (files.size() > 1 && !chain.has(files.getFirst())) {
            files.removeFirst().close();
        }
    }
}
