package io.wherry.engine.log;

import java.io.IOException;
import java.io.RandomAccessFile;

/** One file of a log, open: read forwards record by record, or backwards to find its last lines. Its name may change meanwhile. */
final class LogFile implements AutoCloseable {
    /** A record is at most as long as this; a longer one is passed over. */
    static final int BLOCK = 256 << 10;

    private final RandomAccessFile file;
    private final Object identity;
    private final LogFormat format;
    final byte[] block = new byte[BLOCK];
    private int at;
    private int end;
    private long position; // of block[end] in the file
    private long limit = Long.MAX_VALUE;

    LogFile(RandomAccessFile file, Object identity, LogFormat format) {
        this.file = file;
        this.identity = identity;
        this.format = format;
    }

    /** {@return what tells this file from all others while it is open} */
    Object identity() {
        return identity;
    }

    /** Reads the next record, which lies in {@link #block} until the next call. {@return whether there was a whole one} */
    boolean next(LogRecord record) throws IOException {
        do {
            while (at < end) {
                int next = format.read(block, at, end, record);
                if (next == at) {
                    break;
                }
                at = next;
                if (record.good) {
                    return true;
                }
            }
        } while (fill());
        return false;
    }

    private boolean fill() throws IOException {
        if (at > 0) {
            System.arraycopy(block, at, block, 0, end - at);
            end -= at;
            at = 0;
        }
        if (end == block.length) {
            end = 0; // longer than any record; what follows of it is no beginning of one
        }
        if (position > file.length()) { // begun anew by somebody else's rotation
            seek(0);
        }
        int n = file.read(block, end, (int) Math.min(block.length - end, Math.max(0, limit - position)));
        if (n <= 0) {
            return false;
        }
        end += n;
        position += n;
        return true;
    }

    /** {@return how long it is now} */
    long length() throws IOException {
        return file.length();
    }

    /** Nothing behind this position is read. */
    void limit(long position) {
        limit = position;
    }

    private void seek(long to) throws IOException {
        file.seek(to);
        position = to;
        at = 0;
        end = 0;
    }

    /** Goes back to where the last lines begin, or to the beginning. {@return whether that was not far enough} */
    boolean back(LogTail tail) throws IOException {
        LogRecord record = new LogRecord();
        long high = file.length();
        boolean whole = false; // whether a record ends at `high`
        while (high > 0) {
            long low = Math.max(0, high - block.length);
            int length = (int) (high - low);
            file.seek(low);
            file.readFully(block, 0, length);
            int stop = whole ? length : format.lastEnd(block, length);
            int upper = stop;
            while (upper > 0) {
                int start = format.before(block, upper);
                if (start < 0 && low > 0) {
                    break;
                }
                start = Math.max(start, 0);
                format.read(block, start, upper, record);
                if (record.good && !tail.takes(record.error, format.endsLine(block, record))) {
                    seek(low + upper);
                    return false;
                }
                upper = start;
            }
            whole = upper > 0 && upper < length;
            high = whole ? low + upper : low; // a block without any boundary is one record that is too long
        }
        seek(0);
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
