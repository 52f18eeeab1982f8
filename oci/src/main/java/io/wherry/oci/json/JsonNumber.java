package io.wherry.oci.json;

import java.nio.charset.StandardCharsets;

/** A number, kept as its text: no digit is lost between reading and writing. */
public final class JsonNumber implements JsonValue {
    private final String text;

    private JsonNumber(String text) {
        this.text = text;
    }

    static JsonNumber scanned(String text) {
        return new JsonNumber(text);
    }

    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** {@return a number of 64 bits without sign} */
    public static JsonNumber ofUnsigned(long value) {
        return new JsonNumber(Long.toUnsignedString(value));
    }

    /** {@return the number with this text, which must follow the grammar} */
    public static JsonNumber of(String text) {
        JsonReader in = new JsonReader(text.getBytes(StandardCharsets.UTF_8));
        JsonNumber number = new JsonNumber(in.number());
        in.end();
        return number;
    }

    public String text() {
        return text;
    }

    /** {@return whether this is written without fraction and exponent} */
    public boolean isWhole() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void write(JsonWriter out) {
        out.number(text);
    }

    @Override
    public String what() {
        return "a number";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonNumber that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
