package io.wherry.engine.log;

/** Times of records: RFC 3339 to and from nanoseconds since 1970, without an object. */
final class LogTime {
    /** Bytes that {@link #put} writes. */
    static final int WIDTH = 30;

    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400L;

    /** No time. */
    static final long NONE = Long.MIN_VALUE;

    private LogTime() {}

    /** {@return the nanoseconds of a time such as {@code 2026-01-02T03:04:05.6Z} or {@code …+01:00}; {@link #NONE} if it is none} */
    static long parse(byte[] block, int from, int to) {
        if (to - from < 20
                || block[from + 4] != '-'
                || block[from + 7] != '-'
                || block[from + 10] != 'T'
                || block[from + 13] != ':'
                || block[from + 16] != ':') {
            return NONE;
        }
        int year = number(block, from, 4);
        int month = number(block, from + 5, 2);
        int day = number(block, from + 8, 2);
        int hour = number(block, from + 11, 2);
        int minute = number(block, from + 14, 2);
        int second = number(block, from + 17, 2);
        if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 || (hour | minute | second) < 0) {
            return NONE;
        }
        int at = from + 19;
        long fraction = 0;
        if (block[at] == '.') {
            long unit = SECOND / 10;
            for (at++; at < to && block[at] >= '0' && block[at] <= '9'; at++) {
                fraction += unit * (block[at] - '0');
                unit /= 10;
            }
        }
        long offset = 0;
        if (to - at == 6 && (block[at] == '+' || block[at] == '-')) {
            offset = (block[at] == '+' ? 60L : -60L) * (60 * number(block, at + 1, 2) + number(block, at + 4, 2));
        } else if (to - at != 1 || block[at] != 'Z') {
            return NONE;
        }
        // Years begin on the first of March here, so that a leap day is a year's last.
        int shifted = month > 2 ? year : year - 1;
        int ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long days = 365L * shifted + shifted / 4 - shifted / 100 + shifted / 400 + ofYear - 719_468;
        return (days * DAY + hour * 3600L + minute * 60L + second - offset) * SECOND + fraction;
    }

    private static int number(byte[] block, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            if (block[i] < '0' || block[i] > '9') {
                return -1;
            }
            value = value * 10 + (block[i] - '0');
        }
        return value;
    }

    /** Writes a time in {@link #WIDTH} bytes. {@return the position behind it} */
    static int put(byte[] to, int at, long nanos) {
        long seconds = Math.floorDiv(nanos, SECOND);
        int ofDay = (int) Math.floorMod(seconds, DAY);
        int day = (int) Math.floorDiv(seconds, DAY) + 719_468;
        int era = Math.floorDiv(day, 146_097);
        int ofEra = day - era * 146_097;
        int year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * year + year / 4 - year / 100);
        int month = (5 * ofYear + 2) / 153;
        int out = digits(to, at, 400 * era + year + (month >= 10 ? 1 : 0), 4, '-');
        out = digits(to, out, month >= 10 ? month - 9 : month + 3, 2, '-');
        out = digits(to, out, ofYear - (153 * month + 2) / 5 + 1, 2, 'T');
        out = digits(to, out, ofDay / 3600, 2, ':');
        out = digits(to, out, ofDay / 60 % 60, 2, ':');
        out = digits(to, out, ofDay % 60, 2, '.');
        return digits(to, out, (int) Math.floorMod(nanos, SECOND), 9, 'Z');
    }

    private static int digits(byte[] to, int at, int number, int width, char end) {
        int rest = number;
        for (int i = at + width - 1; i >= at; i--) {
            to[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        to[at + width] = (byte) end;
        return at + width + 1;
    }
}
