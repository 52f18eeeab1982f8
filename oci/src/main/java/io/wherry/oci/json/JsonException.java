package io.wherry.oci.json;

import io.wherry.oci.WherryException;
import org.jspecify.annotations.Nullable;

/** A document is not the JSON that was expected, in form or in shape. Always of kind {@code INVALID}. */
public final class JsonException extends WherryException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    private JsonException(String message, @Nullable Throwable cause, int offset) {
        super(Kind.INVALID, message, null, cause);
        this.offset = offset;
    }

    /** The bytes are not JSON, or beyond the limits; {@code offset} counts from 0. */
    static JsonException syntax(int offset, String problem) {
        return new JsonException("Invalid JSON at byte " + offset + ": " + problem, null, offset);
    }

    /** The document is JSON, but the value at {@code path} (such as {@code process.user.uid}) is not the one wanted. */
    public static JsonException shape(String path, String problem) {
        return new JsonException("Field `" + path + "` " + problem, null, -1);
    }

    /** {@return the offset of the offending byte; -1 where the form is right and the shape is not} */
    public int offset() {
        return offset;
    }
}
