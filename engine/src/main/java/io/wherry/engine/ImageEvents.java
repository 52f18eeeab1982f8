package io.wherry.engine;

import io.wherry.engine.event.EventJournal;
import io.wherry.engine.event.EventTemplate;
import io.wherry.oci.ImageReference;
import java.util.Map;

/** What happened to images, told behind it. */
final class ImageEvents {
    private final EventJournal journal;
    private final ImageCatalog images;

    ImageEvents(StateRoot root, ImageCatalog images) {
        this.journal = new EventJournal(root.events());
        this.images = images;
    }

    void pulled(Image image) {
        append(image.reference().familiar(), image.reference().familiarName(), "pull");
    }

    void pushed(ImageReference reference) {
        append(reference.familiar(), reference.familiarName(), "push");
    }

    void tagged(Image image, ImageReference name) {
        append(image.id().toString(), name.familiar(), "tag");
    }

    void loaded(Image image) {
        append(image.id().toString(), image.reference().familiar(), "load");
    }

    void imported(Image image) {
        append(image.id().toString(), image.reference().familiar(), "import");
    }

    /** Its name is gone; without another one it is gone altogether. */
    void removed(Image image) {
        String id = image.id().toString();
        append(id, image.reference().familiar(), "untag");
        for (Image other : images.list()) {
            if (other.id().equals(image.id())) {
                return;
            }
        }
        append(id, id, "delete");
    }

    private void append(String id, String name, String action) {
        journal.append(EventTemplate.fill(EventTemplate.image(id, name), action, Map.of()));
    }
}
