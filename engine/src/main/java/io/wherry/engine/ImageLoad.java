package io.wherry.engine;

import io.wherry.oci.ImageReference;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import io.wherry.store.archive.ArchivedImage;
import io.wherry.store.archive.ImageArchive;
import io.wherry.store.disk.FileLocks;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Loads the images of an archive, one after the other, each under all its names. Of one that cannot be loaded nothing is left, and its names stand for what they stood for before. */
final class ImageLoad {
    private final ImageCatalog images;
    private final ImageRemoval removal;
    private final ImageEvents events;

    ImageLoad(ImageCatalog images, ImageRemoval removal, ImageEvents events) {
        this.images = images;
        this.removal = removal;
        this.events = events;
    }

    /**
     * What somebody wants to be told.
     *
     * @param platform which images, and which of an index; absent: all, and of an index the one for this host
     * @param progress hears of layers
     * @param notes receives sentences
     * @param loaded called for each name, and for an image without any, when it can be used
     */
    record Wish(Optional<String> platform, PullListener progress, List<String> notes, Consumer<Image> loaded) {}

    void load(Path archive, Wish wish) {
        load(
                () -> ImageArchive.open(
                        archive, images.storage().space(), images.storage().content()),
                wish);
    }

    void load(InputStream archive, Wish wish) {
        load(
                () -> ImageArchive.read(
                        archive, images.storage().space(), images.storage().content()),
                wish);
    }

    private void load(Supplier<ImageArchive> opening, Wish wish) {
        images.storage().space().sweep();
        try {
            try (FileLocks.Held _ = images.storage().content().keep();
                    ImageArchive archive = opening.get()) {
                for (ArchivedImage image : archive.images(wish.platform().map(Platform::parse))) {
                    load(image, archive, wish);
                }
            }
        } catch (WherryException e) {
            removal.collectAfter(e); // layers that were good are of no use without the others
            throw e;
        }
    }

    private void load(ArchivedImage image, ImageArchive archive, Wish wish) {
        Platform offered = image.config().platform();
        Platform host = Platform.host();
        if (wish.platform().isEmpty()
                && !(offered.os().equals(host.os()) && offered.architecture().equals(host.architecture()))) {
            wish.notes().add("The image is for " + offered + ", this host is " + host + ".");
        }
        archive.offer(image.manifest());
        for (ImageReference name : names(image)) {
            wish.notes()
                    .addAll(images.arrive(name, image.manifest(), archive.blobs(), wish.progress())
                            .omitted());
            Image loaded = images.find(name.toString()).orElseThrow();
            events.loaded(loaded);
            wish.loaded().accept(loaded);
        }
    }

    /** An image without a name is kept under one of ours, unless it has a name here. */
    private List<ImageReference> names(ArchivedImage image) {
        if (!image.names().isEmpty()) {
            return image.names();
        }
        for (Image each : images.list()) {
            if (each.manifest().equals(image.manifest().digest())) {
                return List.of(each.reference());
            }
        }
        return List.of(ImageReference.unnamed(image.manifest().digest()));
    }
}
