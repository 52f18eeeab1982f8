package io.wherry.oci.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** An object: members with different names, in the order in which they were read or put. */
public final class JsonObject implements JsonValue {
    private static final JsonObject EMPTY = new JsonObject(Map.of());

    private final Map<String, JsonValue> members;

    private JsonObject(Map<String, JsonValue> members) {
        this.members = members;
    }

    static JsonObject adopt(Map<String, JsonValue> members) {
        return members.isEmpty() ? EMPTY : new JsonObject(members);
    }

    public static JsonObject empty() {
        return EMPTY;
    }

    public static Builder builder() {
        return new Builder(new LinkedHashMap<>());
    }

    /** {@return the object that is the whole of {@code document}} */
    public static JsonObject parse(byte[] document) {
        return parse(document, JsonLimits.DEFAULT);
    }

    /** {@return the object that is the whole of {@code document}, which is held to {@code limits}} */
    public static JsonObject parse(byte[] document, JsonLimits limits) {
        JsonValue value = JsonValue.parse(document, limits);
        if (value instanceof JsonObject object) {
            return object;
        }
        throw JsonException.syntax(0, "expected an object, found " + value.what());
    }

    /** {@return the members in order; not to be changed} */
    public Map<String, JsonValue> members() {
        return Collections.unmodifiableMap(members);
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    public boolean has(String name) {
        return members.containsKey(name);
    }

    /** {@return the member, {@link JsonNull} if it is null, nothing if there is none} */
    public Optional<JsonValue> get(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /** {@return a reader of the members by name and type} */
    public Fields fields() {
        return new Fields(this, "");
    }

    /** {@return a builder that begins with these members} */
    public Builder toBuilder() {
        return new Builder(new LinkedHashMap<>(members));
    }

    @Override
    public void write(JsonWriter out) {
        out.beginObject();
        writeMembers(out);
        out.endObject();
    }

    /** Writes the members alone, into an object that the writer has begun. */
    public void writeMembers(JsonWriter out) {
        for (Map.Entry<String, JsonValue> member : members.entrySet()) {
            out.name(member.getKey());
            member.getValue().write(out);
        }
    }

    @Override
    public String what() {
        return "an object";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject that && members.equals(that.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    @Override
    public String toString() {
        return JsonWriter.toText(this);
    }

    /** Collects members; a name that is put again keeps its place and takes the new value. */
    public static final class Builder {
        private final Map<String, JsonValue> members;

        private Builder(Map<String, JsonValue> members) {
            this.members = members;
        }

        public Builder put(String name, JsonValue value) {
            members.put(name, value);
            return this;
        }

        public Builder put(String name, String value) {
            return put(name, new JsonString(value));
        }

        public Builder put(String name, long value) {
            return put(name, JsonNumber.of(value));
        }

        public Builder put(String name, boolean value) {
            return put(name, JsonBoolean.of(value));
        }

        public Builder put(String name, List<String> values) {
            return put(name, JsonArray.ofStrings(values));
        }

        public Builder put(String name, Map<String, String> values) {
            Builder object = builder();
            for (Map.Entry<String, String> entry : values.entrySet()) {
                object.put(entry.getKey(), entry.getValue());
            }
            return put(name, object.build());
        }

        /** Puts the value if there is one. */
        public Builder putIfPresent(String name, Optional<String> value) {
            if (value.isPresent()) {
                put(name, value.get());
            }
            return this;
        }

        /** Puts the number if there is one. */
        public Builder putIfPresent(String name, OptionalLong value) {
            if (value.isPresent()) {
                put(name, value.getAsLong());
            }
            return this;
        }

        /** Puts the number if there is one. */
        public Builder putIfPresent(String name, OptionalInt value) {
            if (value.isPresent()) {
                put(name, value.getAsInt());
            }
            return this;
        }

        /** Puts the bits of a long as a number without sign, if there is one. */
        public Builder putUnsignedIfPresent(String name, OptionalLong value) {
            if (value.isPresent()) {
                put(name, JsonNumber.ofUnsigned(value.getAsLong()));
            }
            return this;
        }

        public Builder putIfTrue(String name, boolean value) {
            if (value) {
                put(name, true);
            }
            return this;
        }

        public Builder putIfNotEmpty(String name, List<String> values) {
            return values.isEmpty() ? this : put(name, values);
        }

        public Builder putIfNotEmpty(String name, Map<String, String> values) {
            return values.isEmpty() ? this : put(name, values);
        }

        public Builder putIfNotEmpty(String name, JsonObject value) {
            return value.isEmpty() ? this : put(name, value);
        }

        public Builder putIfNotEmpty(String name, JsonArray value) {
            return value.size() == 0 ? this : put(name, value);
        }

        /** Puts all members of {@code other} that have no value here yet. */
        public Builder putMissing(JsonObject other) {
            for (Map.Entry<String, JsonValue> member : other.members.entrySet()) {
                members.putIfAbsent(member.getKey(), member.getValue());
            }
            return this;
        }

        public Builder remove(String name) {
            members.remove(name);
            return this;
        }

        public JsonObject build() {
            return adopt(new LinkedHashMap<>(members));
        }
    }
}
