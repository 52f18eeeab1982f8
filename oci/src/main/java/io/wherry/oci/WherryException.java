package io.wherry.oci;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one exception that callers of Wherry meet: a {@link Kind}, a sentence, and sometimes a hint.
 *
 * <p>The message is a whole sentence that names the object, what was found and what was expected. The hint says what
 * to do next and is printed apart from the message. Edges translate the kind, never the text, to an exit code or an
 * HTTP status. Control characters in either are replaced, but for line feeds and tabs. Subclasses exist where a caller can use a fact (an offset, a status) and not only the sentence.
 */
public class WherryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, in the sense in which a caller would act on it. */
    public enum Kind {
        /** The object that was named does not exist. */
        NOT_FOUND,
        /** The name is taken. */
        ALREADY_EXISTS,
        /** The words or the document are wrong; asking again will not help. */
        INVALID,
        /** The request is sound, but not in the present state of the object. */
        FAILED_PRECONDITION,
        /** Not allowed: permissions, credentials, policy. */
        DENIED,
        /** Something outside does not answer now; asking again may help. */
        UNAVAILABLE,
        /** Sound, but this host, kernel or runtime cannot do it. */
        UNSUPPORTED,
        /** Bytes are not what their digest, size or format promised. */
        CORRUPT,
        /** A signal or a caller ended the work. */
        INTERRUPTED,
        /** A defect of Wherry. */
        INTERNAL
    }

    private final Kind kind;
    private final @Nullable String hint;

    public WherryException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public WherryException(Kind kind, String message, String hint) {
        this(kind, message, hint, null);
    }

    public WherryException(Kind kind, String message, Throwable cause) {
        this(kind, message, null, cause);
    }

    public WherryException(Kind kind, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(printable(message), cause);
        this.kind = kind;
        this.hint = hint == null ? null : printable(hint);
    }

    /** Sentences quote what strangers wrote; a terminal must not take any of it for a command. */
    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                StringBuilder out = new StringBuilder(text);
                for (int j = i; j < text.length(); j++) {
                    if (isControl(text.charAt(j))) {
                        out.setCharAt(j, '\ufffd');
                    }
                }
                return out.toString();
            }
        }
        return text;
    }

    private static boolean isControl(char c) {
        return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    }

    /** {@return how a caller should take this failure} */
    public Kind kind() {
        return kind;
    }

    /** {@return what the user can do next, a sentence; absent where nothing sure can be said} */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /** {@return the sentence; never null} */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? kind.name() : message;
    }
}
