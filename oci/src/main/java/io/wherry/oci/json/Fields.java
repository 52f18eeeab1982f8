package io.wherry.oci.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object's members by name and type; each read takes the member away, and {@link #rest()} is what nobody
 * asked for. That is how unknown fields survive a round trip, and how a strict reader refuses them.
 *
 * <p>A member that is null counts as absent. A member of another type is a {@link JsonException} that names the path
 * from the document's root. Not safe for use by several threads.
 */
public final class Fields {
    private final Map<String, JsonValue> left;
    private final String path;

    Fields(JsonObject object, String path) {
        this.left = new LinkedHashMap<>(object.members());
        this.path = path;
    }

    /** {@return the path of the member with this name, for messages} */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** {@return an exception that names the path of the member with this name} */
    public JsonException problem(String name, String problem) {
        return JsonException.shape(path(name), problem);
    }

    /** {@return the members that were not read, in order} */
    public JsonObject rest() {
        return JsonObject.adopt(new LinkedHashMap<>(left));
    }

    /** {@return the member, of any type} */
    public Optional<JsonValue> any(String name) {
        return Optional.ofNullable(take(name));
    }

    public Optional<String> string(String name) {
        JsonValue value = take(name);
        return value == null ? Optional.empty() : Optional.of(text(value, path(name)));
    }

    public String requiredString(String name) {
        return text(required(name), path(name));
    }

    /** {@return the member; false if it is absent} */
    public boolean flag(String name) {
        return optionalFlag(name).orElse(false);
    }

    public Optional<Boolean> optionalFlag(String name) {
        JsonValue value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof JsonBoolean bool) {
            return Optional.of(bool.value());
        }
        throw wrong(path(name), "a boolean", value);
    }

    /** {@return a whole number of 64 bits with sign} */
    public OptionalLong integer(String name) {
        JsonValue value = take(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(whole(value, path(name)));
    }

    public long requiredInteger(String name) {
        return whole(required(name), path(name));
    }

    /** {@return a whole number between {@code least} and {@code most}} */
    public OptionalLong integer(String name, long least, long most) {
        OptionalLong value = integer(name);
        if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > most)) {
            throw problem(name, "must be between " + least + " and " + most + ", found " + value.getAsLong());
        }
        return value;
    }

    /** {@return a whole number of 32 bits with sign} */
    public OptionalInt int32(String name) {
        OptionalLong value = integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    /** {@return a whole number of 64 bits without sign, as the bits of a long} */
    public OptionalLong unsigned(String name) {
        JsonValue value = take(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(number(value, path(name))));
        } catch (NumberFormatException e) {
            throw problem(name, "must be a whole number between 0 and 2^64-1, found " + value);
        }
    }

    public Optional<Fields> object(String name) {
        JsonValue value = take(name);
        return value == null ? Optional.empty() : Optional.of(fields(value, path(name)));
    }

    /** {@return the member as it is; an empty object if it is absent} */
    public JsonObject rawObject(String name) {
        JsonValue value = take(name);
        if (value == null) {
            return JsonObject.empty();
        }
        if (value instanceof JsonObject object) {
            return object;
        }
        throw wrong(path(name), "an object", value);
    }

    /** {@return the member as it is; an empty array if it is absent} */
    public JsonArray rawArray(String name) {
        return JsonArray.of(elements(name));
    }

    /** {@return the objects in an array; none if it is absent} */
    public List<Fields> objects(String name) {
        List<Fields> result = new ArrayList<>();
        for (JsonValue element : elements(name)) {
            result.add(fields(element, path(name) + "[" + result.size() + "]"));
        }
        return result;
    }

    /** {@return the strings in an array; none if it is absent} */
    public List<String> strings(String name) {
        List<String> result = new ArrayList<>();
        for (JsonValue element : elements(name)) {
            result.add(text(element, path(name) + "[" + result.size() + "]"));
        }
        return Collections.unmodifiableList(result);
    }

    /** {@return the whole numbers in an array; none if it is absent} */
    public List<Long> integers(String name) {
        List<Long> result = new ArrayList<>();
        for (JsonValue element : elements(name)) {
            result.add(whole(element, path(name) + "[" + result.size() + "]"));
        }
        return Collections.unmodifiableList(result);
    }

    /** {@return the members of an object of strings, in order; none if it is absent} */
    public Map<String, String> stringMap(String name) {
        Map<String, String> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> member : rawObject(name).members().entrySet()) {
            if (member.getValue() != JsonNull.INSTANCE) {
                result.put(member.getKey(), text(member.getValue(), path(name) + "." + member.getKey()));
            }
        }
        return Collections.unmodifiableMap(result);
    }

    /** {@return the objects in an object, by name, in order; none if it is absent} */
    public Map<String, Fields> objectMap(String name) {
        Map<String, Fields> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> member : rawObject(name).members().entrySet()) {
            result.put(member.getKey(), fields(member.getValue(), path(name) + "." + member.getKey()));
        }
        return Collections.unmodifiableMap(result);
    }

    private List<JsonValue> elements(String name) {
        JsonValue value = take(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof JsonArray array) {
            return array.elements();
        }
        throw wrong(path(name), "an array", value);
    }

    private @Nullable JsonValue take(String name) {
        JsonValue value = left.remove(name);
        return value == JsonNull.INSTANCE ? null : value;
    }

    private JsonValue required(String name) {
        JsonValue value = take(name);
        if (value == null) {
            throw problem(name, "is missing.");
        }
        return value;
    }

    private static Fields fields(JsonValue value, String path) {
        if (value instanceof JsonObject object) {
            return new Fields(object, path);
        }
        throw wrong(path, "an object", value);
    }

    private static String text(JsonValue value, String path) {
        if (value instanceof JsonString string) {
            return string.value();
        }
        throw wrong(path, "a string", value);
    }

    private static String number(JsonValue value, String path) {
        if (value instanceof JsonNumber number) {
            return number.text();
        }
        throw wrong(path, "a number", value);
    }

    private static long whole(JsonValue value, String path) {
        String text = number(value, path);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw JsonException.shape(path, "must be a whole number of 64 bits, found " + text);
        }
    }

    private static JsonException wrong(String path, String wanted, JsonValue found) {
        return JsonException.shape(path, "must be " + wanted + ", found " + found.what());
    }
}
