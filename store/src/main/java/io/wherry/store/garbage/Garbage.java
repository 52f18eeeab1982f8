package io.wherry.store.garbage;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.Manifest;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.StoreSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects garbage of one store. Safe for use by several threads and processes. */
public final class Garbage {
    private final ContentStore content;
    private final Images images;
    private final List<LayerDriver> drivers;
    private final StoreSpace space;

    /** Collects what {@code images} and containers do not need, from the blobs and from all drivers. */
    public Garbage(ContentStore content, Images images, List<LayerDriver> drivers, StoreSpace space) {
        this.content = content;
        this.images = images;
        this.drivers = List.copyOf(drivers);
        this.space = space;
    }

    /**
     * What was removed.
     *
     * @param layers by chain id
     * @param bytes of blobs, and of layers as their archives counted them
     */
    public record Collected(List<Digest> blobs, List<Digest> layers, long bytes) {
        /** Copies the lists. */
        public Collected {
            blobs = List.copyOf(blobs);
            layers = List.copyOf(layers);
        }
    }

    /** What somebody needs. */
    private record Needed(Set<Digest> blobs, Set<Digest> chains) {}

    /**
     * Removes what neither an image nor one of these containers needs. The caller holds {@link ContentStore#alone}, and did so before it looked which containers there are.
     *
     * @param containers diff ids of each container's image, running or not
     */
    public Collected collect(List<List<Digest>> containers) {
        Needed needed = needed(containers);
        long bytes = 0;
        List<Digest> layers = new ArrayList<>();
        for (LayerDriver driver : drivers) {
            for (Digest chain : driver.list()) {
                if (!needed.chains().contains(chain)) {
                    bytes += driver.usage(chain);
                    driver.remove(chain);
                    layers.add(chain);
                }
            }
            removeDamaged(driver, needed.chains());
        }
        List<Digest> blobs = new ArrayList<>();
        for (Digest blob : content.list()) {
            if (!needed.blobs().contains(blob)) {
                bytes += content.size(blob);
                content.remove(blob);
                blobs.add(blob);
            }
        }
        content.removePartial();
        images.removePartial();
        space.sweep();
        space.sweepNotes();
        return new Collected(blobs, layers, bytes);
    }

    /** A container may run on one that somebody needs. */
    private static void removeDamaged(LayerDriver driver, Set<Digest> needed) {
        Set<String> names = new HashSet<>();
        for (Digest chain : needed) {
            names.add(ChainId.folder(chain));
        }
        for (String name : driver.damaged()) {
            if (!names.contains(name)) {
                driver.removeDamaged(name);
            }
        }
    }

    /** A damaged image's document is an exception, and nothing is removed: it may be the one that says what is needed. */
    private Needed needed(List<List<Digest>> containers) {
        Needed needed = new Needed(new HashSet<>(), new HashSet<>());
        for (StoredImage image : images.list()) {
            Manifest manifest = images.manifest(image);
            ImageConfig config = images.config(manifest);
            needed.blobs().add(manifest.digest());
            needed.blobs().add(manifest.config().digest());
            for (Descriptor layer : manifest.layers()) {
                needed.blobs().add(layer.digest());
            }
            needed.chains().addAll(ChainId.of(config.diffIds()));
        }
        for (List<Digest> diffIds : containers) {
            needed.chains().addAll(ChainId.of(diffIds));
        }
        return needed;
    }
}
