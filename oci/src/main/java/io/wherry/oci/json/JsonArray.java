package io.wherry.oci.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** An array. */
public final class JsonArray implements JsonValue, Iterable<JsonValue> {
    private static final JsonArray EMPTY = new JsonArray(List.of());

    private final List<JsonValue> elements;

    private JsonArray(List<JsonValue> elements) {
        this.elements = elements;
    }

    static JsonArray adopt(List<JsonValue> elements) {
        return elements.isEmpty() ? EMPTY : new JsonArray(elements);
    }

    public static JsonArray of(List<? extends JsonValue> elements) {
        return adopt(new ArrayList<>(elements));
    }

    public static JsonArray ofStrings(List<String> strings) {
        List<JsonValue> elements = new ArrayList<>(strings.size());
        for (String string : strings) {
            elements.add(new JsonString(string));
        }
        return adopt(elements);
    }

    /** {@return the elements in order; not to be changed} */
    public List<JsonValue> elements() {
        return Collections.unmodifiableList(elements);
    }

    public int size() {
        return elements.size();
    }

    public JsonValue get(int index) {
        return elements.get(index);
    }

    @Override
    public Iterator<JsonValue> iterator() {
        return elements().iterator();
    }

    @Override
    public void write(JsonWriter out) {
        out.beginArray();
        for (JsonValue element : elements) {
            element.write(out);
        }
        out.endArray();
    }

    @Override
    public String what() {
        return "an array";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonArray that && elements.equals(that.elements);
    }

    @Override
    public int hashCode() {
        return elements.hashCode();
    }

    @Override
    public String toString() {
        return JsonWriter.toText(this);
    }
}
