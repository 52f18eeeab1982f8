package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import java.util.List;
import java.util.Optional;

/**
 * An image as it is kept.
 *
 * @param reference its name
 * @param manifest digest of its manifest
 * @param id digest of its configuration
 * @param chains the chain ids of its layers, the lowest first
 * @param stored when the name was given, seconds since 1970
 * @param size bytes of its compressed layers and configuration
 * @param document its manifest
 * @param config its configuration
 * @param origin the name under which a registry has it; absent for one that was made or loaded here
 * @param dropped whether blobs of its layers were given up here; then the origin has those that are missing
 */
public record Image(
        ImageReference reference,
        Digest manifest,
        Digest id,
        List<Digest> chains,
        long stored,
        long size,
        Manifest document,
        ImageConfig config,
        Optional<ImageReference> origin,
        boolean dropped) {}
