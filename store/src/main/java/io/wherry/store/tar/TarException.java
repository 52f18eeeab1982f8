package io.wherry.store.tar;

import io.wherry.oci.WherryException;

/** The bytes are no tar archive that can be read without guessing. */
public final class TarException extends WherryException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    TarException(long offset, String problem) {
        super(Kind.CORRUPT, "The archive is damaged at byte " + offset + ": " + problem + ".");
        this.offset = offset;
    }

    TarException(Kind kind, long offset, String problem) {
        super(kind, "The archive cannot be read at byte " + offset + ": " + problem + ".");
        this.offset = offset;
    }

    /** {@return where in the uncompressed archive} */
    public long offset() {
        return offset;
    }
}
