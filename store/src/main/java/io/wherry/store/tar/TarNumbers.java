package io.wherry.store.tar;

/** Numbers of header fields and pax records. All throw {@link NumberFormatException}: the caller knows where it is. */
final class TarNumbers {
    private static final int DIGITS_LIMIT = 18;
    private static final int FRACTION_LIMIT = 30;
    private static final int NANO_DIGITS = 9;

    private TarNumbers() {}

    /** {@return a field of octal digits, or of base 256 if its first bit is set; an empty field is 0} */
    static long field(byte[] b, int at, int length) {
        if (b[at] < 0) {
            return base256(b, at, length);
        }
        int i = at;
        int end = at + length;
        while (i < end && b[i] == ' ') {
            i++;
        }
        long value = 0;
        while (i < end && b[i] != ' ' && b[i] != 0) {
            int digit = b[i++] - '0';
            if (digit < 0 || digit > 7) {
                throw new NumberFormatException("not octal");
            }
            value = value << 3 | digit;
        }
        while (i < end) {
            if (b[i] != ' ' && b[i] != 0) {
                throw new NumberFormatException("digits behind the end");
            }
            i++;
        }
        return value;
    }

    /** Two's complement, big endian; the marker bit is not part of it, the one below is the sign. */
    private static long base256(byte[] b, int at, int length) {
        boolean negative = (b[at] & 0x40) != 0;
        long value = (b[at] & 0x3F) | (negative ? ~0x3FL : 0);
        for (int i = at + 1; i < at + length; i++) {
            if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
                throw new NumberFormatException("more than 64 bits");
            }
            value = value << 8 | (b[i] & 0xFF);
        }
        return value;
    }

    /** {@return a decimal number without sign} */
    static long decimal(String text) {
        if (text.isEmpty() || text.length() > DIGITS_LIMIT + 1) {
            throw new NumberFormatException("not a number of up to 19 digits");
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("not decimal");
            }
            value = Math.addExact(Math.multiplyExact(value, 10L), digit);
        }
        return value;
    }

    /** {@return the time as {@link #time} reads it} */
    static String text(long seconds, int nanos) {
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        int fraction = negative ? 1_000_000_000 - nanos : nanos;
        String digits = Integer.toString(1_000_000_000 + fraction).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return (negative ? "-" : "") + whole + "." + digits.substring(0, end);
    }

    /** A time: seconds rounded down, and the rest. */
    record Time(long seconds, int nanos) {}

    /** {@return a time such as {@code -1.25}: {@code Time(-2, 750000000)}; digits behind the ninth are dropped} */
    static Time time(String text) {
        boolean negative = text.startsWith("-");
        int dot = text.indexOf('.');
        String whole = text.substring(negative ? 1 : 0, dot < 0 ? text.length() : dot);
        String fraction = dot < 0 ? "" : text.substring(dot + 1);
        if (whole.length() > DIGITS_LIMIT
                || fraction.length() > FRACTION_LIMIT
                || (whole.isEmpty() && fraction.isEmpty())) {
            throw new NumberFormatException("not a time of up to 18 digits");
        }
        long seconds = whole.isEmpty() ? 0 : decimal(whole);
        int nanos = 0;
        for (int i = 0; i < Math.max(fraction.length(), NANO_DIGITS); i++) {
            int digit = i < fraction.length() ? fraction.charAt(i) - '0' : 0;
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("not decimal");
            }
            if (i < NANO_DIGITS) {
                nanos = nanos * 10 + digit;
            }
        }
        if (!negative) {
            return new Time(seconds, nanos);
        }
        return nanos == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, 1_000_000_000 - nanos);
    }
}
