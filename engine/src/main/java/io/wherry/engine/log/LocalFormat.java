package io.wherry.engine.log;

/**
 * The driver {@code local}: length of the text, a byte of flags, nanoseconds since 1970, the text, the length again (docs/monitor.md), little endian. The text may be any bytes.
 */
final class LocalFormat implements LogFormat {
    private static final int HEAD = 13;
    private static final int FRAME = HEAD + 4;
    private static final int ERROR = 1;
    private static final int PARTIAL = 2;
    private static final int KNOWN = ERROR | PARTIAL;
    private static final int TEXT_MOST = 64 << 10;

    @Override
    public int read(byte[] block, int from, int to, LogRecord record) {
        record.good = false;
        if (to - from < FRAME) {
            return from;
        }
        int length = number(block, from);
        int flags = block[from + 4];
        if (length < 0 || length > TEXT_MOST || (flags & ~KNOWN) != 0) {
            return from + 1; // damaged: the next byte that begins a record is looked for
        }
        int end = from + FRAME + length;
        if (end > to) {
            return from;
        }
        if (number(block, end - 4) != length) {
            return from + 1;
        }
        record.good = true;
        record.error = (flags & ERROR) != 0;
        record.from = from + HEAD;
        record.to = end - 4;
        record.escape = record.to;
        record.timeFrom = -1;
        record.nanos = (number(block, from + 5) & 0xFFFFFFFFL) | ((long) number(block, from + 9) << 32);
        return end;
    }

    private static int number(byte[] block, int at) {
        return (block[at] & 0xFF) | (block[at + 1] & 0xFF) << 8 | (block[at + 2] & 0xFF) << 16 | (block[at + 3] << 24);
    }

    @Override
    public int before(byte[] block, int end) {
        for (int at = end; at >= FRAME; at--) {
            int length = number(block, at - 4);
            int start = at - FRAME - length;
            if (length < 0 || length > TEXT_MOST) {
                continue;
            }
            if (start < 0) {
                return -1;
            }
            if (number(block, start) == length && (block[start + 4] & ~KNOWN) == 0) {
                return start;
            }
        }
        return -1;
    }

    @Override
    public int lastEnd(byte[] block, int to) {
        return to;
    }

    @Override
    public boolean endsLine(byte[] block, LogRecord record) {
        return record.to > record.from && block[record.to - 1] == '\n';
    }

    @Override
    public int text(byte[] block, LogRecord record, byte[] to, int at) {
        int length = record.to - record.from;
        System.arraycopy(block, record.from, to, at, length);
        return at + length;
    }
}
