package io.wherry.store.disk;

import io.wherry.oci.WherryException;
import org.jspecify.annotations.Nullable;

/** A disk has no room, of bytes or of inodes, for what was asked: whoever can make room may ask again. */
public final class FullDiskException extends WherryException {
    private static final long serialVersionUID = 1L;

    FullDiskException(String sentence, String hint, @Nullable Throwable cause) {
        super(Kind.UNAVAILABLE, sentence, hint, cause);
    }
}
