package io.wherry.oci.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pull parser over one document in memory.
 *
 * <pre>{@code
 * JsonReader in = new JsonReader(bytes);
 * in.beginObject();
 * while (in.hasNext()) {
 *     String name = in.name();
 *     if (name.equals("size")) size = in.integer(); else in.skip();
 * }
 * in.endObject();
 * in.end();
 * }</pre>
 *
 * <p>Each method either consumes what its name says or throws {@link JsonException} with the offset. After an exception
 * the reader must not be used. Not safe for use by several threads.
 *
 * @see "RFC 8259; refused is what its sections 4 and 8.2 leave open: duplicate names, half surrogates"
 */
public final class JsonReader {
    /** The kind of the next token. */
    public enum Token {
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        BOOLEAN,
        NULL
    }

    private final JsonScanner scanner;
    private final JsonLimits limits;
    private final boolean[] inObject;
    private final boolean[] started;
    private final @Nullable Set<String>[] names;
    private int depth;
    private int values;
    private boolean separated;
    private boolean named;

    public JsonReader(byte[] document) {
        this(document, JsonLimits.DEFAULT);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    public JsonReader(byte[] document, JsonLimits limits) {
        if (document.length > limits.bytes()) {
            throw JsonException.syntax(
                    limits.bytes(),
                    "the document has " + document.length + " bytes, at most " + limits.bytes() + " are accepted");
        }
        this.scanner = new JsonScanner(document);
        this.limits = limits;
        this.inObject = new boolean[limits.depth() + 1];
        this.started = new boolean[limits.depth() + 1];
        this.names = new Set[limits.depth() + 1];
    }

    /** {@return the kind of the next value, which is not consumed} */
    public Token peek() {
        ready();
        int c = scanner.current();
        if (c == '{') {
            return Token.OBJECT;
        } else if (c == '[') {
            return Token.ARRAY;
        } else if (c == '"') {
            return Token.STRING;
        } else if (c == 't' || c == 'f') {
            return Token.BOOLEAN;
        } else if (c == 'n') {
            return Token.NULL;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            return Token.NUMBER;
        }
        throw scanner.unexpected("a value");
    }

    /** {@return whether the object or array at hand has another member or element} */
    public boolean hasNext() {
        if (depth == 0) {
            throw new IllegalStateException("not in an object or array");
        }
        if (named) {
            throw new IllegalStateException("the value of a member was not read");
        }
        if (separated) {
            return true;
        }
        scanner.skipSpace();
        int close = inObject[depth] ? '}' : ']';
        if (scanner.current() == close) {
            return false;
        }
        if (started[depth]) {
            if (scanner.current() != ',') {
                throw scanner.unexpected(inObject[depth] ? "`,` or `}`" : "`,` or `]`");
            }
            scanner.advance();
            scanner.skipSpace();
            if (scanner.current() == close) {
                throw scanner.unexpected(inObject[depth] ? "a name after `,`" : "a value after `,`");
            }
        }
        separated = true;
        return true;
    }

    /** {@return the name of the next member; its value is to be read next} */
    public String name() {
        int at = scanner.position();
        String name = rawName();
        Set<String> seen = names[depth];
        if (seen == null) {
            seen = new HashSet<>();
            names[depth] = seen;
        }
        if (!seen.add(name)) {
            throw duplicate(at, name);
        }
        return name;
    }

    private String rawName() {
        if (depth == 0 || !inObject[depth] || !hasNext()) {
            throw new IllegalStateException("no member to read");
        }
        if (scanner.current() != '"') {
            throw scanner.unexpected("a name in quotes");
        }
        String name = scanner.string();
        scanner.skipSpace();
        if (scanner.current() != ':') {
            throw scanner.unexpected("`:`");
        }
        scanner.advance();
        named = true;
        return name;
    }

    private static JsonException duplicate(int at, String name) {
        return JsonException.syntax(at, "the name `" + name + "` occurs twice in one object");
    }

    public void beginObject() {
        begin('{', "an object", true);
    }

    public void beginArray() {
        begin('[', "an array", false);
    }

    private void begin(int open, String wanted, boolean object) {
        ready();
        if (scanner.current() != open) {
            throw scanner.unexpected(wanted);
        }
        if (depth == limits.depth()) {
            throw scanner.problem("nested deeper than " + limits.depth() + " levels");
        }
        scanner.advance();
        consumed();
        depth++;
        inObject[depth] = object;
        started[depth] = false;
        names[depth] = null;
    }

    public void endObject() {
        finish('}', true);
    }

    public void endArray() {
        finish(']', false);
    }

    private void finish(int close, boolean object) {
        if (depth == 0 || inObject[depth] != object || hasNext()) {
            throw new IllegalStateException("the object or array at hand has not ended");
        }
        assert scanner.current() == close;
        scanner.advance();
        depth--;
    }

    public String string() {
        expect('"', "a string");
        String value = scanner.string();
        consumed();
        return value;
    }

    /** {@return the next number as it is written} */
    public String number() {
        ready();
        String value = scanner.number();
        consumed();
        return value;
    }

    /** {@return the next number, a whole one between -2^63 and 2^63-1, written without fraction and exponent} */
    public long integer() {
        ready();
        int at = scanner.position();
        String text = scanner.number();
        consumed();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw JsonException.syntax(at, "expected a whole number of 64 bits, found " + text);
        }
    }

    public boolean bool() {
        ready();
        boolean value = scanner.current() == 't';
        scanner.literal(value ? "true" : "false");
        consumed();
        return value;
    }

    public void nothing() {
        ready();
        scanner.literal("null");
        consumed();
    }

    /** Reads over the next value, which is checked like any other. */
    public void skip() {
        JsonValue unused = value();
        assert unused != null;
    }

    /** {@return the next value with all that is in it} */
    public JsonValue value() {
        Token token = peek();
        if (token == Token.OBJECT) {
            return object();
        } else if (token == Token.ARRAY) {
            return array();
        } else if (token == Token.STRING) {
            return new JsonString(string());
        } else if (token == Token.NUMBER) {
            return JsonNumber.scanned(number());
        } else if (token == Token.BOOLEAN) {
            return JsonBoolean.of(bool());
        }
        nothing();
        return JsonNull.INSTANCE;
    }

    private JsonObject object() {
        beginObject();
        Map<String, JsonValue> members = new LinkedHashMap<>();
        while (hasNext()) {
            int at = scanner.position();
            String name = rawName();
            if (members.put(name, value()) != null) {
                throw duplicate(at, name);
            }
        }
        endObject();
        return JsonObject.adopt(members);
    }

    private JsonArray array() {
        beginArray();
        List<JsonValue> elements = new ArrayList<>();
        while (hasNext()) {
            elements.add(value());
        }
        endArray();
        return JsonArray.adopt(elements);
    }

    /** Requires that nothing but white space follows the value. */
    public void end() {
        if (depth != 0 || !started[0]) {
            throw new IllegalStateException("the value has not ended");
        }
        scanner.skipSpace();
        if (scanner.current() != JsonScanner.END) {
            throw scanner.unexpected("the end of the document");
        }
    }

    /** {@return the offset of the next unread byte} */
    public int offset() {
        return scanner.position();
    }

    private void expect(int c, String wanted) {
        ready();
        if (scanner.current() != c) {
            throw scanner.unexpected(wanted);
        }
    }

    /** Moves to the first byte of the next value. */
    private void ready() {
        if (depth == 0) {
            if (started[0]) {
                throw new IllegalStateException("the document has one value");
            }
        } else if (inObject[depth]) {
            if (!named) {
                throw new IllegalStateException("the name of the member was not read");
            }
        } else if (!hasNext()) {
            throw scanner.unexpected("another element");
        }
        scanner.skipSpace();
    }

    private void consumed() {
        if (++values > limits.values()) {
            throw scanner.problem("more than " + limits.values() + " values");
        }
        started[depth] = true;
        separated = false;
        named = false;
    }
}
