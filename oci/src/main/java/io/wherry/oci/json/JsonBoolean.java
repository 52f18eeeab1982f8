package io.wherry.oci.json;

/** {@code true} or {@code false}. */
public enum JsonBoolean implements JsonValue {
    TRUE,
    FALSE;

    public static JsonBoolean of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public boolean value() {
        return this == TRUE;
    }

    @Override
    public void write(JsonWriter out) {
        out.value(value());
    }

    @Override
    public String what() {
        return "a boolean";
    }

    @Override
    public String toString() {
        return value() ? "true" : "false";
    }
}
