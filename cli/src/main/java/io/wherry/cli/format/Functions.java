package io.wherry.cli.format;

import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonBoolean;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One call of a function: those of Go's text/template and those that docker adds. */
final class Functions {
    /** All names. */
    static final List<String> NAMES = List.of(
            "json",
            "join",
            "split",
            "lower",
            "upper",
            "title",
            "truncate",
            "pad",
            "index",
            "slice",
            "len",
            "print",
            "printf",
            "println",
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "and",
            "or",
            "not");

    private static final int WIDEST = 10_000;
    private static final int LONGEST_EXPONENT = 400;

    private final Scope scope;
    private final int position;
    private final String name;
    private final List<JsonValue> arguments;

    Functions(Scope scope, int position, String name, List<JsonValue> arguments) {
        this.scope = scope;
        this.position = position;
        this.name = name;
        this.arguments = arguments;
    }

    JsonValue call() {
        return switch (name) {
            case "json" -> string(new String(only(1).toBytes(), StandardCharsets.UTF_8));
            case "join" -> string(join());
            case "split" -> split();
            case "lower" -> string(text(only(1)).toLowerCase(Locale.ROOT));
            case "upper" -> string(text(only(1)).toUpperCase(Locale.ROOT));
            case "title" -> string(title(text(only(1))));
            case "truncate" -> string(truncate());
            case "pad" -> string(pad());
            case "index" -> index();
            case "slice" -> slice();
            case "len" -> JsonNumber.of(length(only(1)));
            case "print" -> string(print(false));
            case "println" -> string(print(true));
            case "printf" -> string(printf());
            case "eq" -> JsonBoolean.of(equalsAny());
            case "ne" -> JsonBoolean.of(!equal(only(2), arguments.get(1)));
            case "lt" -> JsonBoolean.of(compare() < 0);
            case "le" -> JsonBoolean.of(compare() <= 0);
            case "gt" -> JsonBoolean.of(compare() > 0);
            case "ge" -> JsonBoolean.of(compare() >= 0);
            case "not" -> JsonBoolean.of(!truth(only(1)));
            default -> throw problem("there is no function `" + name + "`.");
        };
    }

    /** {@return whether a value is not empty: not null, false, 0, "", and no collection without elements} */
    static boolean truth(JsonValue value) {
        if (value instanceof JsonString string) {
            return !string.value().isEmpty();
        }
        if (value instanceof JsonArray array) {
            return array.size() > 0;
        }
        if (value instanceof JsonObject object) {
            return !object.isEmpty();
        }
        if (value instanceof JsonNumber number) {
            return !isZero(number.text());
        }
        return value == JsonBoolean.TRUE;
    }

    /** Digits before the exponent are all 0. */
    private static boolean isZero(String number) {
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c == 'e' || c == 'E') {
                return true;
            }
            if (c >= '1' && c <= '9') {
                return false;
            }
        }
        return true;
    }

    private JsonValue only(int count) {
        if (arguments.size() != count) {
            throw problem("`" + name + "` takes " + count + (count == 1 ? " argument" : " arguments") + ", found "
                    + arguments.size() + ".");
        }
        return arguments.getFirst();
    }

    private String text(JsonValue value) {
        if (value instanceof JsonString string) {
            return string.value();
        }
        throw problem("`" + name + "` takes a string, found " + value.what() + ".");
    }

    private int whole(JsonValue value, int most) {
        if (value instanceof JsonNumber number
                && number.isWhole()
                && number.text().length() < 10) {
            int whole = Integer.parseInt(number.text());
            if (whole >= 0 && whole <= most) {
                return whole;
            }
        }
        throw problem("`" + name + "` takes a whole number from 0 to " + most + ", found "
                + (value instanceof JsonNumber ? value.toString() : value.what()) + ".");
    }

    private String join() {
        JsonValue list = only(2);
        String separator = text(arguments.get(1));
        if (list == JsonNull.INSTANCE) {
            return "";
        }
        if (!(list instanceof JsonArray array)) {
            throw problem("`join` takes an array and a separator, found " + list.what() + ".");
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < array.size(); i++) {
            out.append(i == 0 ? "" : separator);
            Printer.print(array.get(i), out);
        }
        return out.toString();
    }

    private JsonValue split() {
        String text = text(only(2));
        String separator = text(arguments.get(1));
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int next = separator.isEmpty() ? from + 1 : text.indexOf(separator, from);
            int end = next < 0 || next > text.length() ? text.length() : next;
            parts.add(text.substring(from, end));
            from = separator.isEmpty() ? end + (end == text.length() ? 1 : 0) : end + separator.length();
            if (next < 0) {
                break;
            }
        }
        return JsonArray.ofStrings(parts);
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) {
            if (i == 0 || out.charAt(i - 1) == ' ') {
                out.setCharAt(i, Character.toTitleCase(out.charAt(i)));
            }
        }
        return out.toString();
    }

    private String truncate() {
        String text = text(only(2));
        int length = whole(arguments.get(1), Integer.MAX_VALUE);
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    private String pad() {
        String text = text(only(3));
        if (text.isEmpty()) {
            return text;
        }
        return " ".repeat(whole(arguments.get(1), WIDEST)) + text + " ".repeat(whole(arguments.get(2), WIDEST));
    }

    private long length(JsonValue value) {
        if (value instanceof JsonString string) {
            return string.value().getBytes(StandardCharsets.UTF_8).length;
        }
        if (value instanceof JsonArray array) {
            return array.size();
        }
        if (value instanceof JsonObject object) {
            return object.members().size();
        }
        if (value == JsonNull.INSTANCE) {
            return 0;
        }
        throw problem("`len` takes a string, an array or an object, found " + value.what() + ".");
    }

    private JsonValue index() {
        if (arguments.isEmpty()) {
            throw problem("`index` takes a collection and indexes.");
        }
        JsonValue value = arguments.getFirst();
        for (int i = 1; i < arguments.size(); i++) {
            value = indexed(value, arguments.get(i));
        }
        return value;
    }

    private JsonValue indexed(JsonValue value, JsonValue index) {
        if (value instanceof JsonArray array) {
            if (array.size() == 0) {
                throw problem("`index` found an empty array.");
            }
            return array.get(whole(index, array.size() - 1));
        }
        if (value instanceof JsonObject object) {
            return object.get(text(index)).orElse(zero(object));
        }
        throw problem("`index` takes an array or an object, found " + value.what() + ".");
    }

    /** What Go gives for a key that a map lacks: an empty string from a map of strings. */
    private static JsonValue zero(JsonObject map) {
        for (JsonValue value : map.members().values()) {
            if (!(value instanceof JsonString)) {
                return JsonNull.INSTANCE;
            }
        }
        return string("");
    }

    private JsonValue slice() {
        if (arguments.isEmpty() || arguments.size() > 3) {
            throw problem("`slice` takes a string or an array and at most two indexes.");
        }
        JsonValue value = arguments.getFirst();
        if (!(value instanceof JsonArray) && !(value instanceof JsonString)) {
            throw problem("`slice` takes a string or an array, found " + value.what() + ".");
        }
        int size = value instanceof JsonArray array ? array.size() : text(value).length();
        int to = arguments.size() > 2 ? whole(arguments.get(2), size) : size;
        int from = arguments.size() > 1 ? whole(arguments.get(1), to) : 0;
        return value instanceof JsonArray array
                ? JsonArray.of(array.elements().subList(from, to))
                : string(text(value).substring(from, to));
    }

    /** As Go's {@code Sprint} and {@code Sprintln}: the one puts blanks only between two that are not strings. */
    private String print(boolean line) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < arguments.size(); i++) {
            boolean strings =
                    i > 0 && (arguments.get(i) instanceof JsonString || arguments.get(i - 1) instanceof JsonString);
            out.append(i > 0 && (line || !strings) ? " " : "");
            Printer.print(arguments.get(i), out);
        }
        return out.append(line ? "\n" : "").toString();
    }

    private String printf() {
        if (arguments.isEmpty()) {
            throw problem("`printf` takes a format and values.");
        }
        return new Printf(text(arguments.getFirst()), arguments.subList(1, arguments.size()), this).text();
    }

    private boolean equalsAny() {
        if (arguments.size() < 2) {
            throw problem("`eq` takes two arguments or more, found " + arguments.size() + ".");
        }
        for (int i = 1; i < arguments.size(); i++) {
            if (equal(arguments.getFirst(), arguments.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean equal(JsonValue left, JsonValue right) {
        if (left instanceof JsonNumber a && right instanceof JsonNumber b) {
            return decimal(a).compareTo(decimal(b)) == 0;
        }
        if (left instanceof JsonString a && right instanceof JsonString b) {
            return a.value().equals(b.value());
        }
        boolean nulls = left == JsonNull.INSTANCE || right == JsonNull.INSTANCE;
        if (nulls || (left instanceof JsonBoolean && right instanceof JsonBoolean)) {
            return left.equals(right);
        }
        throw problem("`" + name + "` cannot compare " + left.what() + " with " + right.what() + ".");
    }

    private int compare() {
        JsonValue left = only(2);
        JsonValue right = arguments.get(1);
        if (left instanceof JsonNumber a && right instanceof JsonNumber b) {
            return decimal(a).compareTo(decimal(b));
        }
        if (left instanceof JsonString a && right instanceof JsonString b) {
            return a.value().compareTo(b.value());
        }
        throw problem("`" + name + "` cannot compare " + left.what() + " with " + right.what() + ".");
    }

    /** The number; one with a huge exponent is refused, since its digits would fill the memory. */
    BigDecimal decimal(JsonNumber number) {
        BigDecimal value = new BigDecimal(number.text());
        if (Math.abs((long) value.scale()) > LONGEST_EXPONENT || value.precision() > LONGEST_EXPONENT) {
            throw problem("the number " + Printf.shown(number.text()) + " is too large.");
        }
        return value;
    }

    TemplateException problem(String sentence) {
        return scope.problem(position, sentence);
    }

    private static JsonValue string(String text) {
        return new JsonString(text);
    }
}
