package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.store.content.ContentStore;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.LayerDriver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Gives up the blobs of layers that are unpacked and proved to be on the disk, and that a registry has: images keep running without them, and whoever needs them fetches them again from where the
 * image was pulled. What any other image needs stays, such as one that was loaded or made here; so does everything while somebody brings or reads blobs.
 *
 * @param which of the images that were pulled
 */
public record BlobPrune(Predicate<Image> which) {
    Pruned run(ImageCatalog images) {
        List<String> notes = new ArrayList<>();
        Optional<FileLocks.Held> lock = images.storage().content().alone();
        if (lock.isEmpty()) {
            notes.add("A pull, a push or the like is going on: blobs stay until the next prune.");
            return new Pruned(List.of(), List.of(), 0, notes);
        }
        try (FileLocks.Held _ = lock.get()) {
            for (DamagedImage damaged : images.damaged()) {
                notes.add("Blobs stay, since the image `" + damaged.name() + "` may need them, which is damaged: "
                        + damaged.damage());
            }
            return notes.isEmpty() ? drop(images, notes) : new Pruned(List.of(), List.of(), 0, notes);
        }
    }

    private Pruned drop(ImageCatalog images, List<String> notes) {
        LayerDriver driver = images.storage().drivers().usual();
        Set<ImageReference> names = new HashSet<>();
        Set<Digest> gone = new HashSet<>();
        Set<Digest> needed = new HashSet<>();
        int left = 0;
        for (Image image : images.list()) {
            boolean replaceable = image.origin().isPresent()
                    && driver.has(image.chains())
                    && driver.unproven(image.chains()).isEmpty();
            boolean goes = replaceable && which.test(image);
            if (goes) {
                names.add(image.reference());
            }
            for (Descriptor layer : image.document().layers()) {
                (goes ? gone : needed).add(layer.digest());
            }
            needed.add(image.manifest());
            needed.add(image.id());
            left += replaceable ? 0 : 1;
        }
        if (left > 0) {
            notes.add("Blobs of " + left + (left == 1 ? " image stay: it was" : " images stay: they were")
                    + " not pulled from a registry, or not proved to be on the disk yet.");
        }
        images.storage().images().drop(names); // first: who dies behind it leaves blobs that are not promised any more
        ContentStore content = images.storage().content();
        List<String> deleted = new ArrayList<>();
        long bytes = 0;
        gone.removeAll(needed);
        for (Digest blob : gone) {
            if (content.has(blob)) {
                bytes += content.size(blob);
                content.remove(blob);
                deleted.add(blob.toString());
            }
        }
        return new Pruned(List.of(), deleted, bytes, notes);
    }
}
