package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import java.util.Optional;

/** Finds images by their ids, the digests of their configurations: whole, or at least their first four digits, with or without {@code sha256:}. Stateless. */
final class ImageIds {
    private static final String ALGORITHM = "sha256:";
    /** Digits of a whole id. */
    static final int WHOLE = 64;

    private static final int LEAST = 4;

    private ImageIds() {}

    /** {@return whether a word is a whole id, which no name is} */
    static boolean isWhole(String word) {
        return digits(word).length() == WHOLE && isHex(digits(word));
    }

    /** {@return an image whose id this is, or begins with this, and with nothing else's} */
    static Optional<StoredImage> find(String word, Images images) {
        String digits = digits(word);
        if (digits.length() < LEAST || digits.length() > WHOLE || !isHex(digits)) {
            return Optional.empty();
        }
        StoredImage found = null;
        Digest id = null;
        for (StoredImage image : images.list()) {
            Digest each = images.manifest(image).config().digest();
            if (!each.hex().startsWith(digits)) {
                continue;
            }
            if (id != null && !id.equals(each)) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "Several images have ids that begin with `" + word + "`.",
                        "Give more digits; `wherry images` shows twelve.");
            }
            found = found == null ? image : found;
            id = each;
        }
        return Optional.ofNullable(found);
    }

    private static String digits(String word) {
        return word.startsWith(ALGORITHM) ? word.substring(ALGORITHM.length()) : word;
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
