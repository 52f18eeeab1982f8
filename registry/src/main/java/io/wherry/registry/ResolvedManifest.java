package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageDocument;

/**
 * A manifest or index that a registry sent, checked against its digest.
 *
 * @param descriptor type, digest and size of the bytes; the digest is by the algorithm that was asked for
 * @param document the parsed view, with the raw bytes
 */
public record ResolvedManifest(Descriptor descriptor, ImageDocument document) {}
