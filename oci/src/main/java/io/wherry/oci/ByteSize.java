package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;

/**
 * A number of bytes, not negative.
 *
 * <p>Read as Docker reads {@code -m}: a number, with a fraction if one likes, and {@code b}, {@code k}, {@code m},
 * {@code g}, {@code t} or {@code p} in either case, each 1,024 times the one before; {@code kb} and {@code kib} mean the
 * same as {@code k}.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final String UNITS = "bkmgtp";

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size must not be negative: " + bytes);
        }
    }

    public static ByteSize ofKiB(long count) {
        return new ByteSize(Math.multiplyExact(count, 1024L));
    }

    public static ByteSize ofMiB(long count) {
        return new ByteSize(Math.multiplyExact(count, 1024L * 1024));
    }

    /** {@return the size with this text, such as {@code 64m} or {@code 1.5g}; another text is {@code INVALID}} */
    public static ByteSize parse(String text) {
        int end = 0;
        while (end < text.length() && (text.charAt(end) == '.' || isDigit(text.charAt(end)))) {
            end++;
        }
        String number = text.substring(0, end);
        int shift = shift(text.substring(end).trim());
        int dot = number.indexOf('.');
        String whole = dot < 0 ? number : number.substring(0, dot);
        String fraction = dot < 0 ? "" : number.substring(dot + 1);
        if (whole.isEmpty()
                || whole.length() > 19
                || fraction.length() > 9
                || fraction.indexOf('.') >= 0
                || shift < 0
                || (dot >= 0 && fraction.isEmpty())) {
            throw invalid(text);
        }
        try {
            long bytes = Math.multiplyExact(Long.parseLong(whole), 1L << shift);
            if (!fraction.isEmpty()) {
                double part = Double.parseDouble("0." + fraction) * (1L << shift);
                bytes = Math.addExact(bytes, (long) part);
            }
            return new ByteSize(bytes);
        } catch (ArithmeticException | NumberFormatException e) {
            throw invalid(text);
        }
    }

    private static int shift(String unit) {
        if (unit.isEmpty()) {
            return 0;
        }
        int index = UNITS.indexOf(lower(unit.charAt(0)));
        if (index < 0) {
            return -1;
        }
        StringBuilder rest = new StringBuilder();
        for (int i = 1; i < unit.length(); i++) {
            rest.append(lower(unit.charAt(i)));
        }
        String tail = rest.toString();
        boolean known = tail.isEmpty() || (index > 0 && (tail.equals("b") || tail.equals("ib")));
        return known ? index * 10 : -1;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static WherryException invalid(String text) {
        return new WherryException(
                Kind.INVALID,
                "Invalid size `" + text + "`.",
                "Write a number with a unit of b, k, m, g or t, such as `64m`; at most 8 EiB.");
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** {@return the size for people, with one digit after the point: {@code 64 MiB}, {@code 1.5 GiB}} */
    @Override
    public String toString() {
        int unit = 0;
        while (unit < 5 && bytes >> ((unit + 1) * 10) != 0) {
            unit++;
        }
        if (unit == 0) {
            return bytes + " B";
        }
        long tenths = ((bytes >> ((unit - 1) * 10)) * 10) / 1024;
        String number = tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
        return number + " " + "KMGTP".charAt(unit - 1) + "iB";
    }
}
