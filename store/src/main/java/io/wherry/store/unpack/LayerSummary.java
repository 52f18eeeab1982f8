package io.wherry.store.unpack;

import io.wherry.kernel.tree.Attributes;
import java.util.List;
import java.util.Optional;

/**
 * What a layer turned out to be.
 *
 * @param entries that were made or removed
 * @param bytes of file data that were written
 * @param root what the layer says of the root, if it does
 * @param omitted sentences about what was left out, each once, at most 16
 */
public record LayerSummary(long entries, long bytes, Optional<Attributes> root, List<String> omitted) {
    public LayerSummary {
        omitted = List.copyOf(omitted);
    }
}
