package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import java.util.List;

/**
 * A name and the image that it stands for.
 *
 * @param manifest of one image, not of an index
 * @param chains the chain ids of its layers, the lowest first: they follow from its configuration, and are kept so that a start need not hash
 * @param stored when the name was last given, seconds since 1970
 */
public record StoredImage(ImageReference reference, Descriptor manifest, List<Digest> chains, long stored) {
    public StoredImage {
        chains = List.copyOf(chains);
    }
}
