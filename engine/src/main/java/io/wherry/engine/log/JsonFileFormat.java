package io.wherry.engine.log;

import java.nio.charset.StandardCharsets;

/**
 * Docker's json-file: one object a line. It is scanned, not parsed: {@code log} comes first and {@code time} last, as Docker and the monitor write it.
 */
final class JsonFileFormat implements LogFormat {
    private static final byte[] HEAD = "{\"log\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STREAM = ",\"stream\":\"std".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TIME = "\"time\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int TIME_MOST = 36;

    /** Bytes at which a scan of a string stops. */
    private static final boolean[] STOPS = stops();

    private static boolean[] stops() {
        boolean[] stops = new boolean[256];
        stops['"'] = true;
        stops['\\'] = true;
        stops['\n'] = true;
        return stops;
    }

    @Override
    public int read(byte[] block, int from, int to, LogRecord record) {
        record.good = false;
        if (!matches(block, from, to, HEAD)) {
            return lineEnd(block, from, to, from);
        }
        int i = from + HEAD.length;
        record.from = i;
        int escape = -1;
        while (true) {
            while (i < to && !STOPS[block[i] & 0xFF]) {
                i++;
            }
            if (i >= to) {
                return from;
            }
            if (block[i] != '\\' || (i + 1 < to && block[i + 1] == '\n')) {
                break;
            }
            escape = escape < 0 ? i : escape;
            i += 2;
        }
        if (block[i] != '"') {
            return lineEnd(block, i, to, from); // torn
        }
        record.to = i;
        record.escape = escape < 0 ? i : escape;
        int next = lineEnd(block, i, to, from);
        record.good = next > from && rest(block, i + 1, next - 1, record);
        return next;
    }

    /** What follows the text, up to the line feed. */
    private static boolean rest(byte[] block, int from, int end, LogRecord record) {
        int word = from + STREAM.length;
        if (!matches(block, from, end, STREAM) || end - word < 4 || block[end - 1] != '}' || block[end - 2] != '"') {
            return false;
        }
        record.error = block[word] == 'e';
        record.timeTo = end - 2;
        int quote = record.timeTo - 1;
        while (quote > word && block[quote] != '"' && record.timeTo - quote < TIME_MOST) {
            quote--;
        }
        record.timeFrom = quote + 1;
        int key = quote + 1 - TIME.length;
        return key > word && matches(block, key, end, TIME);
    }

    private static boolean matches(byte[] block, int from, int to, byte[] word) {
        if (to - from < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (block[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static int lineEnd(byte[] block, int from, int to, int otherwise) {
        for (int i = from; i < to; i++) {
            if (block[i] == '\n') {
                return i + 1;
            }
        }
        return otherwise;
    }

    @Override
    public int before(byte[] block, int end) {
        for (int i = end - 2; i >= 0; i--) {
            if (block[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
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
        int slashes = 0;
        for (int i = record.to - 2; i >= record.from && block[i] == '\\'; i--) {
            slashes++;
        }
        return record.to > record.from && block[record.to - 1] == 'n' && (slashes & 1) == 1;
    }

    @Override
    public int text(byte[] block, LogRecord record, byte[] to, int at) {
        int plain = record.escape - record.from;
        System.arraycopy(block, record.from, to, at, plain);
        int out = at + plain;
        int i = record.escape;
        while (i < record.to) {
            byte b = block[i++];
            if (b != '\\') {
                to[out++] = b;
                continue;
            }
            byte c = block[i++];
            switch (c) {
                case 'n' -> to[out++] = '\n';
                case 'r' -> to[out++] = '\r';
                case 't' -> to[out++] = '\t';
                case 'b' -> to[out++] = '\b';
                case 'f' -> to[out++] = '\f';
                case 'u' -> {
                    int unit = hex(block, i, record.to);
                    i = Math.min(i + 4, record.to);
                    int code = unit;
                    if (Character.isHighSurrogate((char) unit)
                            && i + 1 < record.to
                            && block[i] == '\\'
                            && block[i + 1] == 'u') {
                        int low = hex(block, i + 2, record.to);
                        if (Character.isLowSurrogate((char) low)) {
                            code = Character.toCodePoint((char) unit, (char) low);
                            i += 6;
                        }
                    }
                    out = put(to, out, code);
                }
                default -> to[out++] = c;
            }
        }
        return out;
    }

    /** {@return four hexadecimal digits as a number; U+FFFD if they are none} */
    private static int hex(byte[] block, int from, int to) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < to ? Character.digit(block[i], 16) : -1;
            if (digit < 0) {
                return 0xFFFD;
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    /** Never longer than its escape was. */
    private static int put(byte[] to, int at, int code) {
        int c = code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code;
        int out = at;
        if (c < 0x80) {
            to[out++] = (byte) c;
        } else if (c < 0x800) {
            to[out++] = (byte) (0xC0 | (c >> 6));
            to[out++] = (byte) (0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            to[out++] = (byte) (0xE0 | (c >> 12));
            to[out++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            to[out++] = (byte) (0x80 | (c & 0x3F));
        } else {
            to[out++] = (byte) (0xF0 | (c >> 18));
            to[out++] = (byte) (0x80 | ((c >> 12) & 0x3F));
            to[out++] = (byte) (0x80 | ((c >> 6) & 0x3F));
            to[out++] = (byte) (0x80 | (c & 0x3F));
        }
        return out;
    }
}
