package io.wherry.cli.format;

import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as Go's {@code %v} does: {@code [a b]}, {@code map[k:v]}. */
final class Printer {
    private Printer() {}

    static void print(JsonValue value, StringBuilder out) {
        if (value instanceof JsonString string) {
            out.append(string.value());
        } else if (value instanceof JsonNumber number) {
            out.append(number.text());
        } else if (value == JsonNull.INSTANCE) {
            out.append("<no value>");
        } else if (value instanceof JsonArray array) {
            out.append('[');
            for (int i = 0; i < array.size(); i++) {
                out.append(i == 0 ? "" : " ");
                print(array.get(i), out);
            }
            out.append(']');
        } else if (value instanceof JsonObject object) {
            String blank = "map[";
            for (Map.Entry<String, JsonValue> member : new TreeMap<>(object.members()).entrySet()) {
                out.append(blank).append(member.getKey()).append(':');
                print(member.getValue(), out);
                blank = " ";
            }
            out.append(object.isEmpty() ? "map[]" : "]");
        } else {
            out.append(value);
        }
    }

    static String text(JsonValue value) {
        StringBuilder out = new StringBuilder();
        print(value, out);
        return out.toString();
    }
}
