package io.wherry.oci;

/** A length of time as Go writes it, and so Docker's options and instructions: {@code 1h30m}, {@code 1.5s}, {@code 200ms}. Stateless. */
public final class GoDuration {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final double MOST = 9_000_000_000.0 * SECOND; // 285 years

    private GoDuration() {}

    /** {@return nanoseconds; -1 if the text is no length of time, or one of more than 285 years} */
    public static long nanoseconds(String text) {
        long total = 0;
        int at = 0;
        while (at < text.length()) {
            int digits = at;
            while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            int unitAt = at;
            while (at < text.length() && !isDigit(text.charAt(at)) && text.charAt(at) != '.') {
                at++;
            }
            long unit = unit(text.substring(unitAt, at));
            double number = number(text.substring(digits, unitAt));
            double nanos = number * unit;
            if (unit == 0 || number < 0 || total + nanos > MOST) {
                return -1;
            }
            total += (long) nanos;
        }
        return text.isEmpty() ? -1 : total;
    }

    private static long unit(String word) {
        return switch (word) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> MILLI;
            case "s" -> SECOND;
            case "m" -> 60 * SECOND;
            case "h" -> 3600 * SECOND;
            default -> 0;
        };
    }

    private static double number(String text) {
        try {
            return text.length() > 18 ? -1 : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
