package io.wherry.cli.table;

/** Reads the values of options. Each method takes the text behind the option and says what was wanted if it is not that. */
public final class Values {
    private static final long BILLION = 1_000_000_000L;
    private static final String UNITS = "bkmgtp";

    private Values() {}

    /** {@return a truth, in the spellings of Go's flags} */
    public static boolean bool(String text) throws BadValueException {
        return switch (text) {
            case "true", "t", "T", "TRUE", "True", "1" -> true;
            case "false", "f", "F", "FALSE", "False", "0" -> false;
            default -> throw BadValueException.wanted("`true` or `false`", text);
        };
    }

    /** {@return a whole number between {@code least} and {@code most}} */
    public static long number(String text, long least, long most) throws BadValueException {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most && text.charAt(0) != '+') {
                return value;
            }
        } catch (NumberFormatException e) {
            // falls through to the one sentence for all that is wrong
        }
        String range = most == Long.MAX_VALUE ? " of at least " + least : " between " + least + " and " + most;
        throw BadValueException.wanted("a whole number" + range, text);
    }

    /**
     * {@return a size in bytes; units are powers of 1024, with or without {@code b} or {@code ib} behind them}
     *
     * @param text {@code 64m}, {@code 1.5g}, {@code 1048576}, {@code 64MiB}
     */
    public static long bytes(String text) throws BadValueException {
        int end = text.length();
        while (end > 0 && !isDigit(text.charAt(end - 1)) && text.charAt(end - 1) != '.') {
            end--;
        }
        int power = power(text.substring(end).strip());
        long factor = 1L << (10 * Math.max(power, 0));
        int point = text.indexOf('.');
        long whole = digits(text, 0, point < 0 ? end : point);
        if (power >= 0 && whole >= 0 && whole <= Long.MAX_VALUE / factor - 1) {
            if (point < 0) {
                return whole * factor;
            }
            if (digits(text, point + 1, end) >= 0) {
                return whole * factor + (long) (Double.parseDouble("0" + text.substring(point, end)) * factor);
            }
        }
        throw BadValueException.wanted("a size such as `64m`, `1.5g` or a number of bytes", text);
    }

    private static int power(String unit) {
        if (unit.isEmpty()) {
            return 0;
        }
        int power = UNITS.indexOf(lower(unit.charAt(0)));
        if (unit.length() == 1 || power < 1) {
            return unit.length() == 1 ? power : -1;
        }
        boolean rest = unit.length() == 2
                ? lower(unit.charAt(1)) == 'b'
                : unit.length() == 3 && lower(unit.charAt(1)) == 'i' && lower(unit.charAt(2)) == 'b';
        return rest ? power : -1;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    /** {@return a number with up to nine decimals, in billionths, not negative} */
    public static long billionths(String text) throws BadValueException {
        long value = decimal(text);
        if (value < 0) {
            throw BadValueException.wanted("a number such as `0.5` or `2`", text);
        }
        return value;
    }

    /** Digits, a point, at most nine digits; -1 for anything else and for what is beyond 2^33. */
    private static long decimal(String text) {
        int point = text.indexOf('.');
        long whole = digits(text, 0, point < 0 ? text.length() : point);
        if (point < 0) {
            return whole < 0 || whole >= 1L << 33 ? -1 : whole * BILLION;
        }
        long fraction = digits(text, point + 1, text.length());
        int places = text.length() - point - 1;
        if (whole < 0 || whole >= 1L << 33 || fraction < 0 || places > 9) {
            return -1;
        }
        for (int i = places; i < 9; i++) {
            fraction *= 10;
        }
        return whole * BILLION + fraction;
    }

    /** {@return the number that the digits from one index to another spell; -1: there are none, others too, or too many} */
    private static long digits(String text, int from, int to) {
        if (from >= to || to - from > 18) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return -1;
            }
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** {@return {@code text}, which is one of the words} */
    public static String choice(String text, String choices) throws BadValueException {
        int from = 0;
        while (from <= choices.length()) {
            int bar = choices.indexOf('|', from);
            int end = bar < 0 ? choices.length() : bar;
            if (choices.substring(from, end).equals(text)) {
                return text;
            }
            from = end + 1;
        }
        throw BadValueException.wanted("one of `" + choices.replace("|", "`, `") + "`", text);
    }

    /** {@return {@code KEY=VALUE} or {@code KEY}, whose key is not empty} */
    public static String pair(String text) throws BadValueException {
        if (text.isEmpty() || text.charAt(0) == '=') {
            throw BadValueException.wanted("`KEY=VALUE`", text);
        }
        return text;
    }

    /** {@return a path, not empty} */
    public static String path(String text) throws BadValueException {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw BadValueException.wanted("a path", text);
        }
        return text;
    }
}
