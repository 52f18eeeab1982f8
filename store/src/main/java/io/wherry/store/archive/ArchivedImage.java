package io.wherry.store.archive;

import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import java.util.List;

/**
 * An image that an archive holds.
 *
 * @param names may be none
 * @param manifest the archive's own; made here where it has none
 * @param config its digest verified
 */
public record ArchivedImage(List<ImageReference> names, Manifest manifest, ImageConfig config) {
    /** Copies the list. */
    public ArchivedImage {
        names = List.copyOf(names);
    }
}
