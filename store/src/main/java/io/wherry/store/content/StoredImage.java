package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import java.util.List;
import java.util.Optional;

/**
 * A name and the image that it stands for.
 *
 * @param manifest of one image, not of an index
 * @param chains the chain ids of its layers, the lowest first: they follow from its configuration, and are kept so that a start need not hash
 * @param stored when the name was last given, seconds since 1970
 * @param origin the name under which a registry has it; absent for one that was made or loaded here
 * @param dropped whether blobs of its layers were given up here: they may be missing, and then the origin has them
 */
public record StoredImage(
        ImageReference reference,
        Descriptor manifest,
        List<Digest> chains,
        long stored,
        Optional<ImageReference> origin,
        boolean dropped) {
    public StoredImage {
        chains = List.copyOf(chains);
    }

    /** {@return the same under another name} */
    StoredImage named(ImageReference other) {
        return new StoredImage(other, manifest, chains, stored, origin, dropped);
    }

    /** {@return the same without the promise that the blobs of its layers are here} */
    StoredImage withoutBlobs() {
        return new StoredImage(reference, manifest, chains, stored, origin, true);
    }
}
