package io.wherry.engine;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;

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
     * @param word a name, an id, or the beginning of an id
     */
    void tag(String word, String name) {
        ImageReference target = ImageReference.parse(name);
        if (target.digest().isPresent()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + name + "` cannot be given as a name: it has a digest, which no name can choose.",
                    "Leave out `@" + target.digest().get() + "`.");
        }
        Image image = images.named(word);
        images.name(image, target);
        events.tagged(image, target);
    }
}
