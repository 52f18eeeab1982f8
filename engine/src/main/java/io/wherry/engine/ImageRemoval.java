package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.garbage.Garbage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes an image's name away, and the blobs and layers that no other image and no container needs. */
final class ImageRemoval {
    private final ImageCatalog images;
    private final ContainerFiles files;
    private final ImageEvents events;
    private final MountPlaces places;

    ImageRemoval(ImageCatalog images, ContainerFiles files, ImageEvents events, MountPlaces places) {
        this.places = places;
        this.images = images;
        this.files = files;
        this.events = events;
    }

    /**
     * Removes an image.
     *
     * @param force also one that ended containers use, or that is damaged
     * @throws WherryException of kind FAILED_PRECONDITION if a container that runs uses it, or if it is not forced and any does, or it is mounted
     */
    void remove(String name, boolean force) {
        Optional<Image> image;
        try {
            image = images.find(name);
        } catch (WherryException e) {
            if (!force || !images.remove(ImageReference.parse(name))) {
                throw e;
            }
            collect();
            return;
        }
        remove(image.orElseThrow(() -> ImageCatalog.none(name)), force);
    }

    /** Alone, if it can be had, from the look at the containers on: who makes one of this image is waited for. */
    private void remove(Image image, boolean force) {
        Optional<FileLocks.Held> alone = images.storage().content().alone();
        try {
            refuseUsed(image, force);
            if (isLastNameOf(image)) {
                if (force) {
                    places.unmount(MountPlaces.name(image.id()), true);
                } else {
                    places.refuse(image, "removed");
                }
            }
            untag(image);
            if (alone.isPresent()) {
                passingOver(this::collectAlone);
            }
        } finally {
            alone.ifPresent(FileLocks.Held::close);
        }
    }

    private void refuseUsed(Image image, boolean force) {
        String name = image.reference().familiar();
        for (ContainerId id : files.ids()) {
            Container container = files.read(id);
            boolean running = container.status().isAttended();
            if (uses(container, image) && (running || !force)) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The image `" + name + "` is used by the " + (running ? "running " : "") + "container `"
                                + container.name() + "`.",
                        running ? "Remove that container first." : "Remove that container first, or give --force.");
            }
        }
    }

    /** {@return whether a container was made of an image, or mounts it} */
    static boolean uses(Container container, Image image) {
        return container.imageId().orElse("").equals(image.id().toString())
                || mounts(container.spec(), image.reference());
    }

    /** Takes the name away and nothing else. */
    void untag(Image image) {
        images.remove(image.reference());
        events.removed(image);
    }

    /** Removes what no image and no container needs, unless a pull is going on. */
    void collect() {
        Optional<FileLocks.Held> alone = images.storage().content().alone();
        if (alone.isPresent()) {
            try (FileLocks.Held _ = alone.get()) {
                passingOver(this::collectAlone);
            }
        }
    }

    /** What a damaged image needs nobody knows: all that may be needed stays. */
    private static void passingOver(Runnable collection) {
        try {
            collection.run();
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.CORRUPT && e.kind() != WherryException.Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    /**
     * Removes what no image and no container needs, for who is alone. {@return what that was}
     *
     * @throws WherryException if something is damaged, so that nobody knows what it needs
     */
    Garbage.Collected collectAlone() {
        List<List<Digest>> used = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            List<Digest> layers = files.layers(id);
            if (layers.isEmpty()
                    && files.attended(id)
                    && files.read(id).damage().isPresent()) {
                throw new WherryException(
                        WherryException.Kind.CORRUPT,
                        "The container " + id.abbreviated()
                                + " runs, and its record is damaged: which layers it needs is not known.",
                        "`wherry rm -f " + id.abbreviated() + "` ends and removes it.");
            }
            used.add(layers);
        }
        return images.collect(used);
    }

    private boolean isLastNameOf(Image image) {
        int names = 0;
        for (Image other : images.list()) {
            names += other.id().equals(image.id()) ? 1 : 0;
        }
        return names == 1;
    }

    private static boolean mounts(ContainerSpec spec, ImageReference image) {
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.IMAGE
                    && ImageReference.parse(mount.source().orElseThrow()).equals(image)) {
                return true;
            }
        }
        return false;
    }

    /** Does so when something failed whose parts nobody needs; a further failure is told with the first. */
    void collectAfter(WherryException failure) {
        try {
            collect();
        } catch (WherryException e) {
            failure.addSuppressed(e);
        }
    }
}
