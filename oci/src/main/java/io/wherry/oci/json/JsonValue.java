package io.wherry.oci.json;

/**
 * A value of JSON, immutable.
 *
 * <p>Equality is by content; numbers are equal if their texts are ({@code 1} and {@code 1.0} are not); the order of an
 * object's members does not count.
 */
public sealed interface JsonValue permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {

    /** Writes this value as the writer's next one. */
    void write(JsonWriter out);

    /** {@return what this is, for messages: "an object", "a number", ...} */
    String what();

    /** {@return the one value in {@code document}} */
    static JsonValue parse(byte[] document) {
        return parse(document, JsonLimits.DEFAULT);
    }

    /** {@return the one value in {@code document}, which is held to {@code limits}} */
    static JsonValue parse(byte[] document, JsonLimits limits) {
        JsonReader in = new JsonReader(document, limits);
        JsonValue value = in.value();
        in.end();
        return value;
    }

    /** {@return this value as compact JSON in UTF-8} */
    default byte[] toBytes() {
        JsonWriter out = new JsonWriter();
        write(out);
        return out.toByteArray();
    }

    /** {@return this value indented by two spaces, with a line feed at the end: a file that people read} */
    default byte[] toIndentedBytes() {
        JsonWriter out = JsonWriter.indented(2);
        write(out);
        return out.line().toByteArray();
    }
}
