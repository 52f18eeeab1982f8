package io.wherry.cli.output;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Sizes and ages as docker words them. */
public final class Human {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int SHORT_ID = 12;

    private Human() {}

    /** {@return a size with three digits in decimal units: {@code 1.24MB}, {@code 72.8MB}, {@code 117MB}} */
    public static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + "B";
        }
        int unit = 0;
        long scale = 1;
        while (unit < UNITS.length - 1 && bytes / scale >= 1000) {
            scale *= 1000;
            unit++;
        }
        long hundredths = rounded(bytes, scale, 100);
        if (hundredths >= 1000) {
            hundredths = rounded(bytes, scale, 10) * 10;
        }
        if (hundredths >= 10_000) {
            hundredths = rounded(bytes, scale, 1) * 100;
        }
        if (hundredths >= 100_000 && unit < UNITS.length - 1) {
            return "1" + UNITS[unit + 1];
        }
        return decimal(hundredths) + UNITS[unit];
    }

    /** {@return a size with four digits in binary units: {@code 304KiB}, {@code 1.504MiB}, {@code 23.54GiB}} */
    public static String binarySize(long bytes) {
        int unit = 0;
        double size = bytes;
        while (size >= 1024 && unit < BINARY_UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        String digits = new BigDecimal(size)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
        return digits + BINARY_UNITS[unit];
    }

    /** {@return a share with two decimals: {@code 1.46%}} */
    public static String percent(double percent) {
        return BigDecimal.valueOf(percent).setScale(2, RoundingMode.HALF_UP).toPlainString() + "%";
    }

    /** {@code bytes / scale * steps}, rounded, without overflow; the scale is 1000 at least. */
    private static long rounded(long bytes, long scale, int steps) {
        long part = scale / steps;
        return bytes / part + (bytes % part * 2 >= part ? 1 : 0);
    }

    private static String decimal(long hundredths) {
        long fraction = hundredths % 100;
        if (fraction == 0) {
            return Long.toString(hundredths / 100);
        }
        String two = fraction < 10 ? "0" + fraction : Long.toString(fraction);
        return hundredths / 100 + "." + (two.endsWith("0") ? two.substring(0, 1) : two);
    }

    /** {@return a span of time in its largest unit: {@code 2 minutes}, {@code About an hour}} */
    public static String duration(long seconds) {
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds < 60) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        }
        long hours = (seconds + 1800) / 3600;
        if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        return hours < 24 * 365 * 2 ? hours / 24 / 30 + " months" : hours / 24 / 365 + " years";
    }

    /** {@return how long ago a moment was, both in seconds since 1970; a moment before 1970, or none, is {@code N/A}} */
    public static String ago(long then, long now) {
        return then <= 0 ? "N/A" : duration(now - then) + " ago";
    }

    /** {@return the first twelve digits of an id or digest} */
    public static String shortId(String id) {
        String digits = id.substring(id.indexOf(':') + 1);
        return digits.length() <= SHORT_ID ? digits : digits.substring(0, SHORT_ID);
    }
}
