package io.wherry.cli.format;

import io.wherry.oci.json.JsonBoolean;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** One run of {@code printf}: {@code %s %v %q %d %x %X %t %f %%} with {@code -}, {@code 0}, width and precision. */
final class Printf {
    private static final int WIDEST = 10_000;

    private final String format;
    private final List<JsonValue> values;
    private final Functions call;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;

    Printf(String format, List<JsonValue> values, Functions call) {
        this.format = format;
        this.values = values;
        this.call = call;
    }

    String text() {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%') {
                out.append(c);
            } else if (at < format.length() && format.charAt(at) == '%') {
                out.append('%');
                at++;
            } else {
                verb();
            }
        }
        if (used < values.size()) {
            throw call.problem("`printf` has " + values.size() + " values for " + used + " verbs.");
        }
        return out.toString();
    }

    private void verb() {
        int start = at - 1;
        boolean left = false;
        boolean zeros = false;
        while (at < format.length() && "-0+ #".indexOf(format.charAt(at)) >= 0) {
            left |= format.charAt(at) == '-';
            zeros |= format.charAt(at) == '0';
            at++;
        }
        int width = number();
        int precision = -1;
        if (at < format.length() && format.charAt(at) == '.') {
            at++;
            precision = number();
        }
        String spelled = format.substring(start, Math.min(at + 1, format.length()));
        if (at >= format.length()) {
            throw call.problem("`printf` found `" + spelled + "` without a verb.");
        }
        if (used >= values.size()) {
            throw call.problem("`printf` has no value for `" + spelled + "`.");
        }
        String text = converted(format.charAt(at++), spelled, values.get(used++), precision);
        int padding = Math.max(0, width - text.codePointCount(0, text.length()));
        boolean negative = zeros && !left && text.startsWith("-");
        out.append(negative ? "-" : "").repeat(zeros && !left ? '0' : ' ', left ? 0 : padding);
        out.append(negative ? text.substring(1) : text).repeat(' ', left ? padding : 0);
    }

    private int number() {
        int value = 0;
        while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
            value = value * 10 + (format.charAt(at++) - '0');
            if (value > WIDEST) {
                throw call.problem("`printf` takes widths up to " + WIDEST + ".");
            }
        }
        return value;
    }

    private String converted(char verb, String spelled, JsonValue value, int precision) {
        return switch (verb) {
            case 'v' -> Printer.text(value);
            case 's' -> cut(Printer.text(value), precision);
            case 'q' -> quoted(Printer.text(value));
            case 't' -> {
                if (!(value instanceof JsonBoolean)) {
                    throw wrong(spelled, "a boolean", value);
                }
                yield value.toString();
            }
            case 'd' -> whole(spelled, value).toPlainString();
            case 'f' ->
                decimal(spelled, value)
                        .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                        .toPlainString();
            case 'x' -> hex(spelled, value);
            case 'X' -> hex(spelled, value).toUpperCase(java.util.Locale.ROOT);
            default -> throw call.problem("`printf` has no verb `" + spelled + "`; there are %s %v %q %d %x %X %t %f.");
        };
    }

    private static String cut(String text, int precision) {
        return precision < 0 || text.codePointCount(0, text.length()) <= precision
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private static String quoted(String text) {
        return new JsonString(text).toString();
    }

    private String hex(String spelled, JsonValue value) {
        return value instanceof JsonString string
                ? HexFormat.of().formatHex(string.value().getBytes(StandardCharsets.UTF_8))
                : whole(spelled, value).toBigInteger().toString(16);
    }

    private BigDecimal whole(String spelled, JsonValue value) {
        BigDecimal decimal = decimal(spelled, value);
        if (decimal.stripTrailingZeros().scale() > 0) {
            throw wrong(spelled, "a whole number", value);
        }
        return decimal;
    }

    private BigDecimal decimal(String spelled, JsonValue value) {
        if (value instanceof JsonNumber number) {
            return call.decimal(number);
        }
        throw wrong(spelled, "a number", value);
    }

    private TemplateException wrong(String spelled, String wanted, JsonValue found) {
        return call.problem("`" + spelled + "` takes " + wanted + ", found "
                + (found instanceof JsonNumber number ? shown(number.text()) : found.what()) + ".");
    }

    static String shown(String number) {
        return number.length() <= 40 ? number : number.substring(0, 40) + "...";
    }
}
