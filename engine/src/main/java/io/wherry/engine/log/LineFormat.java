package io.wherry.engine.log;

/** A record is a line of any text; an empty one is none. */
final class LineFormat implements LogFormat {
    @Override
    public int read(byte[] block, int from, int to, LogRecord record) {
        for (int i = from; i < to; i++) {
            if (block[i] == '\n') {
                record.good = i > from;
                record.from = from;
                record.to = i;
                return i + 1;
            }
        }
        return from;
    }

    @Override
    public int before(byte[] block, int end) {
        return lastEnd(block, end - 1);
    }

    @Override
    public int lastEnd(byte[] block, int to) {
        for (int i = to - 1; i >= 0; i--) {
            if (block[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    @Override
    public boolean endsLine(byte[] block, LogRecord record) {
        return true;
    }

    @Override
    public int text(byte[] block, LogRecord record, byte[] to, int at) {
        int length = record.to - record.from;
        System.arraycopy(block, record.from, to, at, length);
        return at + length;
    }
}
