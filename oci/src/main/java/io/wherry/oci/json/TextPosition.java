package io.wherry.oci.json;

import java.nio.charset.StandardCharsets;

/**
 * Where something stands in a document that a person reads. Both numbers count from 1; a column is a character.
 */
record TextPosition(int line, int column) {

    /** {@return the position of a byte; behind the end is the end} */
    static TextPosition of(byte[] document, int offset) {
        int end = Math.min(offset, document.length);
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (document[i] == '\n') {
                line++;
                start = i + 1;
            }
        }
        String before = new String(document, start, end - start, StandardCharsets.UTF_8);
        return new TextPosition(line, before.codePointCount(0, before.length()) + 1);
    }

    /** {@return the offset of the value at a path such as {@code Env[2]}; 0 if there is none} The document must be well formed. */
    static int offset(byte[] document, String path) {
        return Math.max(0, find(new JsonReader(document), "", path));
    }

    private static int find(JsonReader in, String here, String wanted) {
        JsonReader.Token token = in.peek();
        if (here.equals(wanted)) {
            return in.offset();
        }
        int found = -1;
        if (token == JsonReader.Token.OBJECT) {
            in.beginObject();
            while (found < 0 && in.hasNext()) {
                String name = in.name();
                found = find(in, here.isEmpty() ? name : here + "." + name, wanted);
            }
            if (found < 0) {
                in.endObject();
            }
        } else if (token == JsonReader.Token.ARRAY) {
            in.beginArray();
            for (int i = 0; found < 0 && in.hasNext(); i++) {
                found = find(in, here + "[" + i + "]", wanted);
            }
            if (found < 0) {
                in.endArray();
            }
        } else {
            in.skip();
        }
        return found;
    }

    @Override
    public String toString() {
        return "line " + line + ", column " + column;
    }
}
