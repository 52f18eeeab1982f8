package io.wherry.engine;

import io.wherry.engine.event.EventJournal;
import io.wherry.engine.event.EventTemplate;
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
        String name = image.reference().familiar();
        int tag = name.lastIndexOf(':');
        append(name, tag > name.lastIndexOf('/') ? name.substring(0, tag) : name, "pull");
    }

    void loaded(Image image) {
        append(image.id().toString(), image.reference().familiar(), "load");
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
