package io.wherry.cli.table;

import io.wherry.oci.GoDuration;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** Times as docker's options take them: RFC 3339, seconds since 1970, or how long ago as Go writes durations. */
public final class Moments {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    /** Years of nanoseconds in 63 bits: 292. */
    private static final long SECONDS_MOST = 9_000_000_000L;

    private Moments() {}

    /**
     * {@return a moment in nanoseconds since 1970}
     *
     * @param text {@code 2026-01-02T03:04:05.6Z}, a date or a time without a zone, which is the caller's; {@code 1767323045.6}; {@code 1h30m} before now
     * @param now milliseconds since 1970
     */
    public static long parse(String text, long now) throws BadValueException {
        if (!text.isEmpty() && isDigit(text.charAt(text.length() - 1)) && text.indexOf('-') < 0) {
            return seconds(text);
        }
        if (text.indexOf('-') > 0) {
            return instant(text);
        }
        return now * MILLI - duration(text);
    }

    private static long seconds(String text) throws BadValueException {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        if (!isNumber(whole, 10) || (point >= 0 && !isNumber(fraction, 9))) {
            throw wanted(text);
        }
        long seconds = Long.parseLong(whole);
        if (seconds > SECONDS_MOST) {
            throw wanted(text);
        }
        return seconds * SECOND + (fraction.isEmpty() ? 0 : Long.parseLong((fraction + "000000000").substring(0, 9)));
    }

    private static boolean isNumber(String text, int most) {
        if (text.isEmpty() || text.length() > most) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static long instant(String text) throws BadValueException {
        try {
            Instant instant;
            if (text.indexOf('T') < 0) {
                instant = LocalDate.parse(text)
                        .atStartOfDay(ZoneId.systemDefault())
                        .toInstant();
            } else if (text.endsWith("Z") || text.indexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf('T')) {
                instant = OffsetDateTime.parse(text).toInstant();
            } else {
                instant =
                        LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
            }
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
        } catch (DateTimeException | ArithmeticException e) {
            throw wanted(text);
        }
    }

    /** {@return a duration of Go in nanoseconds} */
    public static long duration(String text) throws BadValueException {
        long nanoseconds = GoDuration.nanoseconds(text);
        if (nanoseconds < 0) {
            throw wanted(text);
        }
        return nanoseconds;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static BadValueException wanted(String text) {
        return BadValueException.wanted(
                "a time such as `2026-01-02T03:04:05Z`, seconds since 1970, or a duration such as `10m`", text);
    }
}
