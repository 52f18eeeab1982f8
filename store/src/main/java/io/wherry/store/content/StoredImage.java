package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageReference;

/**
 * A name and the image that it stands for.
 *
 * @param manifest of one image, not of an index
 * @param stored when the name was last given, seconds since 1970
 */
public record StoredImage(ImageReference reference, Descriptor manifest, long stored) {}
