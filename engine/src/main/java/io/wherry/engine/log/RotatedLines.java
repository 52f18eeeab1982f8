package io.wherry.engine.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file that many append to while it is rotated: {@code name}, {@code name.1}, … of a folder, oldest first. Somebody who opened a file before it was rotated may append to it
 * afterwards, so the last one is looked at too. For one thread.
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
        LogFile before = null;
        LogFile file = null;
        try {
            while (true) {
                boolean last = watch == null || System.currentTimeMillis() >= until;
                file = file == null ? chain.oldest() : file;
                if (!drain(before, output) || !drain(file, output)) {
                    return;
                }
                LogFile newer = file == null ? null : chain.newer(file);
                if (newer != null && newer != file) {
                    close(before);
                    before = file;
                    file = newer;
                } else if (last || watch == null) {
                    return;
                } else {
                    watch.await(until - System.currentTimeMillis());
                }
            }
        } finally {
            close(before);
            close(file);
        }
    }

    private boolean drain(@Nullable LogFile file, Output output) throws IOException {
        while (file != null && file.next(record)) {
            if (!output.line(file.block, record.from, record.to)) {
                return false;
            }
        }
        return true;
    }

    private static void close(@Nullable LogFile file) throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
