package io.wherry.engine;

import java.time.Instant;

/**
 * The present as RFC 3339 writes it, in UTC with nanoseconds. {@link Instant#toString} says the same, and loads fifty classes of formatters for it, which
 * takes a start a tenth of its time.
 */
final class Timestamp {
    private static final int DAY = 86_400;

    private Timestamp() {}

    static String now() {
        Instant now = Instant.now();
        return of(now.getEpochSecond(), now.getNano());
    }

    /** Of a time from 1970 to the end of the year 9999. */
    static String of(long second, int nano) {
        int ofDay = (int) (second % DAY);
        // Years begin on the first of March here, so that a leap day is a year's last.
        int day = (int) (second / DAY) + 719_468;
        int era = day / 146_097;
        int ofEra = day % 146_097;
        int year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * year + year / 4 - year / 100);
        int month = (5 * ofYear + 2) / 153;
        StringBuilder out = new StringBuilder(30);
        digits(out, 400 * era + year + (month >= 10 ? 1 : 0), 4);
        digits(out.append('-'), month >= 10 ? month - 9 : month + 3, 2);
        digits(out.append('-'), ofYear - (153 * month + 2) / 5 + 1, 2);
        digits(out.append('T'), ofDay / 3600, 2);
        digits(out.append(':'), ofDay / 60 % 60, 2);
        digits(out.append(':'), ofDay % 60, 2);
        digits(out.append('.'), nano, 9);
        return out.append('Z').toString();
    }

    private static void digits(StringBuilder out, int number, int width) {
        String text = Integer.toString(number);
        for (int i = text.length(); i < width; i++) {
            out.append('0');
        }
        out.append(text);
    }
}
