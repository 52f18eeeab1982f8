package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.garbage.Garbage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which images are to go: without {@code all} none that has a name, only what no image and no container needs. What somebody uses stays: an image from which a container was made, whatever that
 * does, and everything as long as a pull is going on. A container that is being made is waited for.
 *
 * @param all also images with names, if no container was made from them
 * @param which of these
 */
public record ImagePrune(boolean all, Predicate<Image> which) {
    Pruned run(ImageCatalog images, ContainerFiles files, ImageRemoval removal) {
        Optional<FileLocks.Held> alone = images.storage().content().alone();
        if (alone.isEmpty()) {
            String note = "A pull is going on, or the like: images, blobs and layers stay until the next prune.";
            return new Pruned(List.of(), List.of(), 0, List.of(note));
        }
        try (FileLocks.Held _ = alone.get()) {
            return prune(images, files, removal);
        }
    }

    private Pruned prune(ImageCatalog images, ContainerFiles files, ImageRemoval removal) {
        List<String> untagged = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (DamagedImage damaged : images.damaged()) {
            notes.add("The image `" + damaged.name() + "` is damaged and stays: " + damaged.damage());
        }
        List<Container> containers = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            containers.add(files.read(id));
        }
        for (Image image : images.list()) {
            if ((all || image.reference().isUnnamed())
                    && containers.stream().noneMatch(container -> ImageRemoval.uses(container, image))
                    && which.test(image)) {
                removal.untag(image);
                untagged.add(image.reference().familiar());
            }
        }
        List<String> deleted = new ArrayList<>();
        long bytes = 0;
        try {
            Garbage.Collected collected = removal.collectAlone();
            collected.layers().forEach(layer -> deleted.add(layer.toString()));
            collected.blobs().forEach(blob -> deleted.add(blob.toString()));
            bytes = collected.bytes();
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.CORRUPT && e.kind() != WherryException.Kind.NOT_FOUND) {
                throw e;
            }
            notes.add("Blobs and layers stay: " + e.getMessage());
        }
        return new Pruned(untagged, deleted, bytes, notes);
    }
}
