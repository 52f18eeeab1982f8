package io.wherry.oci;

import org.jspecify.annotations.Nullable;

/** The bytes of a document as they came, and their digest, which is computed when it is first asked for. They travel with every parsed view. */
final class RawDocument {
    private final byte[] bytes;
    private @Nullable Digest digest;

    /** The bytes are not copied, and are not to be changed. */
    RawDocument(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    Digest digest() {
        Digest known = digest;
        if (known == null) {
            known = Digest.sha256(bytes);
            digest = known;
        }
        return known;
    }
}
