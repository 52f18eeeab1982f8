package io.wherry.oci.json;

import io.wherry.oci.WherryException;

/** A document is not the JSON that was expected, in form or in shape. Always of kind {@code INVALID}. */
public final class JsonException extends WherryException {
    private static final long serialVersionUID = 1L;

    private final int offset;
    private final String path;
    private final String problem;

    private JsonException(String where, String problem, int offset, String path) {
        super(Kind.INVALID, where + problem, null, null);
        this.problem = problem;
        this.offset = offset;
        this.path = path;
    }

    /** The bytes are not JSON, or beyond the limits; {@code offset} counts from 0. */
    static JsonException syntax(int offset, String problem) {
        return new JsonException("Invalid JSON at byte " + offset + ": ", problem, offset, "");
    }

    /** The document is JSON, but the value at {@code path} (such as {@code process.user.uid}) is not the one wanted. */
    public static JsonException shape(String path, String problem) {
        return new JsonException("Field `" + path + "` ", problem, -1, path);
    }

    /** {@return the offset of the offending byte; -1 where the form is right and the shape is not} */
    public int offset() {
        return offset;
    }

    /**
     * {@return the same problem of a document that a person has written}
     *
     * @param file how the reader knows the document
     * @param document the bytes that were read
     */
    public WherryException at(String file, byte[] document) {
        int at = offset >= 0 ? offset : TextPosition.offset(document, path);
        String sentence = path.isEmpty() ? "invalid JSON: " + problem : "`" + path + "` " + problem;
        String end = sentence.endsWith(".") ? "" : ".";
        return new WherryException(
                Kind.INVALID, file + ", " + TextPosition.of(document, at) + ": " + sentence + end, null, this);
    }
}
