package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.garbage.Garbage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which images are to go: without {@code all} none that has a name, only what no image and no container needs. What somebody uses stays: an image from which a container was made, whatever that
 * does, and everything as long as a pull is going on.
 *
 * @param all also images with names, if no container was made from them
 * @param which of these
 */
public record ImagePrune(boolean all, Predicate<Image> which) {
    Pruned run(ImageCatalog images, ContainerFiles files, ImageRemoval removal) {
        List<String> untagged = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (DamagedImage damaged : images.damaged()) {
            notes.add("The image `" + damaged.name() + "` is damaged and stays: " + damaged.damage());
        }
        Set<String> used = used(files);
        for (Image image : images.list()) {
            if ((all || image.reference().isUnnamed())
                    && !used.contains(image.id().toString())
                    && which.test(image)) {
                removal.untag(image);
                untagged.add(image.reference().familiar());
            }
        }
        List<String> deleted = new ArrayList<>();
        long bytes = 0;
        try {
            Optional<Garbage.Collected> collected = removal.collected();
            if (collected.isPresent()) {
                collected.get().layers().forEach(layer -> deleted.add(layer.toString()));
                collected.get().blobs().forEach(blob -> deleted.add(blob.toString()));
                bytes = collected.get().bytes();
            } else {
                notes.add("A pull is going on: blobs and layers stay until the next prune.");
            }
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.CORRUPT && e.kind() != WherryException.Kind.NOT_FOUND) {
                throw e;
            }
            notes.add("Blobs and layers stay: " + e.getMessage());
        }
        return new Pruned(untagged, deleted, bytes, notes);
    }

    private static Set<String> used(ContainerFiles files) {
        Set<String> used = new HashSet<>();
        for (ContainerId id : files.ids()) {
            files.read(id).imageId().ifPresent(used::add);
        }
        return used;
    }
}
