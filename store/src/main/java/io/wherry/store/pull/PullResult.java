package io.wherry.store.pull;

import io.wherry.oci.ImageConfig;
import io.wherry.oci.Manifest;
import java.nio.file.Path;
import java.util.List;

/**
 * An image that is in the store now.
 *
 * @param omitted sentences about what could not be unpacked here, each once
 * @param unproven folders of layers for a {@link io.wherry.store.layer.Prover}
 */
public record PullResult(Manifest manifest, ImageConfig config, List<String> omitted, List<Path> unproven) {
    public PullResult {
        omitted = List.copyOf(omitted);
        unproven = List.copyOf(unproven);
    }
}
