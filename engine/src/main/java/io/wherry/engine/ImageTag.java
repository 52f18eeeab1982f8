package io.wherry.engine;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Gives images more names. */
final class ImageTag {
    private final ImageCatalog images;
    private final ImageEvents events;

    ImageTag(ImageCatalog images, ImageEvents events) {
        this.images = images;
        this.events = events;
    }

    /**
     * Gives an image a name, whatever it stood for before.
     *
     * @param word a name, an id, or the beginning of an id, of a configuration or a manifest
     */
    void tag(String word, String name) {
        ImageReference target = ImageReference.parse(name);
        if (target.digest().isPresent()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + name + "` cannot be given as a name: it has a digest, which no name can choose.",
                    "Leave out `@" + target.digest().get() + "`.");
        }
        Image image = find(word);
        images.name(image, target);
        events.tagged(image, target);
    }

    private Image find(String word) {
        String hex = word.startsWith("sha256:") ? word.substring("sha256:".length()) : word;
        boolean id = isHex(hex);
        Optional<Image> named =
                id && (hex.length() == 64 || hex.length() < word.length()) ? Optional.empty() : images.find(word);
        if (named.isPresent()) {
            return named.get();
        }
        Map<String, Image> found = new LinkedHashMap<>();
        if (id) {
            for (Image image : images.list()) {
                if (image.id().hex().startsWith(hex) || image.manifest().hex().startsWith(hex)) {
                    found.put(image.id().hex(), image);
                }
            }
        }
        if (found.size() > 1) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + word + "` is the beginning of the ids of " + found.size() + " images.",
                    "Give more digits; `wherry images --no-trunc` shows all.");
        }
        if (found.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no image `" + word + "` here.",
                    "`wherry images` lists those that are; `wherry pull " + word + "` brings it.");
        }
        return found.values().iterator().next();
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 64;
    }
}
