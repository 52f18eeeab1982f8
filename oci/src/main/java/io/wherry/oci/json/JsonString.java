package io.wherry.oci.json;

/** A string, without half surrogates if it was read. */
public record JsonString(String value) implements JsonValue {
    @Override
    public void write(JsonWriter out) {
        out.value(value);
    }

    @Override
    public String what() {
        return "a string";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonString that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return JsonWriter.toText(this);
    }
}
