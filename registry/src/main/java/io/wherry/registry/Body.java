package io.wherry.registry;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a request carries; it can be opened as often as the request is sent.
 *
 * @param type its media type
 * @param length bytes that {@code bytes} gives
 */
record Body(String type, long length, BlobContent bytes) {
    static final Body NONE = new Body("", 0, _ -> InputStream.nullInputStream());

    static Body of(String type, byte[] bytes) {
        return new Body(type, bytes.length, from -> new ByteArrayInputStream(bytes, (int) from, bytes.length));
    }

    static Body form(String text) {
        return of("application/x-www-form-urlencoded", text.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@return {@code length} bytes of a blob from {@code offset} on} */
    static Body part(BlobContent content, long offset, long length) {
        return new Body("application/octet-stream", length, from -> content.open(offset + from));
    }
}
