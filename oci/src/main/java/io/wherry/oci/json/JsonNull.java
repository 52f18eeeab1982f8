package io.wherry.oci.json;

/** {@code null}. The typed getters of this package take a null member for an absent one, as Go's decoder does. */
public enum JsonNull implements JsonValue {
    INSTANCE;

    @Override
    public void write(JsonWriter out) {
        out.nothing();
    }

    @Override
    public String what() {
        return "null";
    }

    @Override
    public String toString() {
        return "null";
    }
}
