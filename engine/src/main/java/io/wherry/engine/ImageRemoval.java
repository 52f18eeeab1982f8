package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;

/** Takes an image's name away, and the blobs and layers that no other image and no container needs. */
final class ImageRemoval {
    private final ImageCatalog images;
    private final ContainerFiles files;

    private final MountPlaces places;

    ImageRemoval(ImageCatalog images, ContainerFiles files, MountPlaces places) {
        this.places = places;
        this.images = images;
        this.files = files;
    }

    /**
     * Removes an image.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if a container that runs uses it, or if it is not forced and any does, or it is mounted
     */
    void remove(Image image, boolean force) {
        String name = image.reference().familiar();
        for (ContainerId id : files.ids()) {
            Container container = files.read(id);
            boolean uses = container.imageId().orElse("").equals(image.id().toString())
                    || mounts(container.spec(), image.reference());
            boolean running = container.status().isAttended();
            if (uses && (running || !force)) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The image `" + name + "` is used by the " + (running ? "running " : "") + "container `"
                                + container.name() + "`.",
                        running ? "Remove that container first." : "Remove that container first, or give --force.");
            }
        }
        if (isLastNameOf(image)) {
            if (force) {
                places.unmount(MountPlaces.name(image.id()), true);
            } else {
                places.refuse(image, "removed");
            }
        }
        images.remove(image.reference());
        collect();
    }

    /** Removes blobs and layers that no image and no container needs. */
    void collect() {
        List<List<Digest>> used = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            used.add(files.layers(id));
        }
        images.collect(used);
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

    private boolean isLastNameOf(Image image) {
        int names = 0;
        for (Image other : images.list()) {
            names += other.id().equals(image.id()) ? 1 : 0;
        }
        return names == 1;
    }
}
