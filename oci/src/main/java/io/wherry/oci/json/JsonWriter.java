package io.wherry.oci.json;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON as UTF-8 into memory.
 *
 * <p>Strings are escaped as Go's {@code encoding/json} escapes them ({@code <}, {@code >}, {@code &}, U+2028 and U+2029
 * as {@code \\u003c} and so on), so that a document that we and Docker's tools write from the same values is the same
 * bytes. The indented form is that of {@code json.MarshalIndent}.
 *
 * <p>Misuse (a value without a name, an end too many) is an {@link IllegalStateException}. Not safe for use by several
 * threads.
 */
public final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private final int indent;
    private byte[] out = new byte[512];
    private int size;
    private boolean[] inObject = new boolean[16];
    private int depth;
    private boolean first = true;
    private boolean named;

    /** A writer of compact JSON. */
    public JsonWriter() {
        this(0);
    }

    private JsonWriter(int indent) {
        this.indent = indent;
    }

    /** {@return a writer that puts each member and element on its own line} */
    public static JsonWriter indented(int spaces) {
        if (spaces < 1 || spaces > 8) {
            throw new IllegalArgumentException("indent must be between 1 and 8: " + spaces);
        }
        return new JsonWriter(spaces);
    }

    static String toText(JsonValue value) {
        JsonWriter out = new JsonWriter();
        value.write(out);
        return out.toString();
    }

    public JsonWriter beginObject() {
        return begin('{', true);
    }

    public JsonWriter endObject() {
        return end('}', true);
    }

    public JsonWriter beginArray() {
        return begin('[', false);
    }

    public JsonWriter endArray() {
        return end(']', false);
    }

    /** Writes the name of the next member. */
    public JsonWriter name(String name) {
        if (depth == 0 || !inObject[depth] || named) {
            throw new IllegalStateException("a name cannot stand here: " + name);
        }
        separate();
        string(name);
        put(':');
        if (indent > 0) {
            put(' ');
        }
        named = true;
        return this;
    }

    public JsonWriter value(String value) {
        before();
        string(value);
        return this;
    }

    public JsonWriter value(long value) {
        return number(Long.toString(value));
    }

    public JsonWriter value(boolean value) {
        before();
        ascii(value ? "true" : "false");
        return this;
    }

    public JsonWriter value(JsonValue value) {
        value.write(this);
        return this;
    }

    public JsonWriter value(List<String> values) {
        beginArray();
        for (String value : values) {
            value(value);
        }
        return endArray();
    }

    public JsonWriter value(Map<String, String> values) {
        beginObject();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            name(entry.getKey()).value(entry.getValue());
        }
        return endObject();
    }

    public JsonWriter nothing() {
        before();
        ascii("null");
        return this;
    }

    /** Writes a number whose text is known to follow the grammar. */
    JsonWriter number(String text) {
        before();
        ascii(text);
        return this;
    }

    /** Ends the line: between the documents of a stream, or at the end of a file. */
    public JsonWriter line() {
        if (depth != 0) {
            throw new IllegalStateException("the value has not ended");
        }
        put('\n');
        first = true;
        return this;
    }

    /** {@return all that was written} */
    public byte[] toByteArray() {
        if (depth != 0) {
            throw new IllegalStateException("the value has not ended");
        }
        return Arrays.copyOf(out, size);
    }

    /** Writes to {@code target} what was written here since the last call. */
    public void drainTo(OutputStream target) throws IOException {
        target.write(out, 0, size);
        size = 0;
    }

    /** {@return all that was written so far} */
    @Override
    public String toString() {
        return new String(out, 0, size, StandardCharsets.UTF_8);
    }

    private JsonWriter begin(char open, boolean object) {
        before();
        put(open);
        depth++;
        if (depth == inObject.length) {
            inObject = Arrays.copyOf(inObject, depth * 2);
        }
        inObject[depth] = object;
        first = true;
        return this;
    }

    private JsonWriter end(char close, boolean object) {
        if (depth == 0 || inObject[depth] != object || named) {
            throw new IllegalStateException("nothing to end with " + close);
        }
        depth--;
        if (!first) {
            newLine();
        }
        put(close);
        first = false;
        return this;
    }

    private void before() {
        if (depth == 0) {
            if (!first) {
                throw new IllegalStateException("the document has its value already");
            }
            first = false;
        } else if (inObject[depth]) {
            if (!named) {
                throw new IllegalStateException("a value in an object needs a name");
            }
            named = false;
        } else {
            separate();
        }
    }

    private void separate() {
        if (!first) {
            put(',');
        }
        first = false;
        newLine();
    }

    private void newLine() {
        if (indent > 0) {
            put('\n');
            for (int i = depth * indent; i > 0; i--) {
                put(' ');
            }
        }
    }

    private void put(int b) {
        if (size == out.length) {
            out = Arrays.copyOf(out, size * 2);
        }
        out[size++] = (byte) b;
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void string(String text) {
        put('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                i += beyondAscii(text, i);
            } else if (c == '"' || c == '\\') {
                put('\\');
                put(c);
            } else if (c < 0x20) {
                control(c);
            } else if (c == '<' || c == '>' || c == '&') {
                unicode(c);
            } else {
                put(c);
            }
        }
        put('"');
    }

    private void control(char c) {
        int escape = "\b\t\n\f\r".indexOf(c);
        if (escape < 0) {
            unicode(c);
        } else {
            put('\\');
            put("btnfr".charAt(escape));
        }
    }

    private void unicode(char c) {
        ascii("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            put(HEX[c >> shift & 0xf]);
        }
    }

    /** {@return how many more chars than one were taken} */
    private int beyondAscii(String text, int at) {
        char c = text.charAt(at);
        if (c == '\u2028' || c == '\u2029') {
            unicode(c);
            return 0;
        }
        if (c < 0x800) {
            put(0xc0 | c >> 6);
            put(0x80 | (c & 0x3f));
            return 0;
        }
        if (!Character.isSurrogate(c)) {
            put(0xe0 | c >> 12);
            put(0x80 | (c >> 6 & 0x3f));
            put(0x80 | (c & 0x3f));
            return 0;
        }
        int point = text.codePointAt(at);
        if (point < 0x10000) {
            throw new WherryException(
                    WherryException.Kind.INVALID, "A string with half of a surrogate pair cannot be written as JSON.");
        }
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
        return 1;
    }
}
