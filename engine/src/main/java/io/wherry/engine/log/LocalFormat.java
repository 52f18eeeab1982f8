package io.wherry.engine.log;

/**
 * The driver {@code local} (docs/monitor.md), little endian: the byte F7, flags, the length of the text in two bytes, nanoseconds since 1970 in eight, the text, the length again, flags again,
 * the byte F8. No UTF-8 has these two bytes, so that behind damage the next record is found.
 */
final class LocalFormat implements LogFormat {
    private static final int HEAD = 12;
    private static final int FRAME = HEAD + 4;
    private static final byte FIRST = (byte) 0xF7;
    private static final byte LAST = (byte) 0xF8;
    private static final int ERROR = 1;
    private static final int PARTIAL = 2;
    private static final int KNOWN = ERROR | PARTIAL;
    private static final int TEXT_MOST = 16 << 10;

    @Override
    public int read(byte[] block, int from, int to, LogRecord record) {
        record.good = false;
        if (block[from] != FIRST) {
            return from + 1; // damaged: the next byte that begins a record is looked for
        }
        if (to - from < FRAME) {
            return from;
        }
        int length = length(block, from + 2);
        int flags = block[from + 1];
        if (length > TEXT_MOST || (flags & ~KNOWN) != 0) {
            return from + 1;
        }
        int end = from + FRAME + length;
        if (end > to) {
            return from;
        }
        if (!isEnd(block, end, length, flags)) {
            return from + 1;
        }
        record.good = true;
        record.error = (flags & ERROR) != 0;
        record.from = from + HEAD;
        record.to = end - 4;
        record.escape = record.to;
        record.timeFrom = -1;
        record.nanos = (number(block, from + 4) & 0xFFFFFFFFL) | ((long) number(block, from + 8) << 32);
        return end;
    }

    private static boolean isEnd(byte[] block, int end, int length, int flags) {
        return block[end - 1] == LAST && block[end - 2] == flags && length(block, end - 4) == length;
    }

    private static int length(byte[] block, int at) {
        return (block[at] & 0xFF) | ((block[at + 1] & 0xFF) << 8);
    }

    private static int number(byte[] block, int at) {
        return length(block, at) | (length(block, at + 2) << 16);
    }

    @Override
    public int before(byte[] block, int end) {
        for (int at = end; at >= FRAME; at--) {
            int length = length(block, at - 4);
            if (block[at - 1] != LAST || length > TEXT_MOST) {
                continue;
            }
            int start = at - FRAME - length;
            if (start < 0) {
                return -1;
            }
            if (block[start] == FIRST && block[start + 1] == block[at - 2] && length(block, start + 2) == length) {
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
