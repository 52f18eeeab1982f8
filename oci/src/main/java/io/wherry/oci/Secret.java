package io.wherry.oci;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A password or token. Prints {@code ***} wherever it may end up; only {@link #reveal()} gives the text. */
public final class Secret {
    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /** {@return the secret itself, for the one place that must send it} */
    public String reveal() {
        return text;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** Compares in time that does not depend on where the two differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), that.text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return a constant: a hash would tell something} */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "***";
    }
}
