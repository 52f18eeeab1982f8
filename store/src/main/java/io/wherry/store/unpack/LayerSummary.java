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
 * @param implied folders, each behind those above it, that the layer has entries in and says nothing of: unpacked apart from the layers below, they lack the
 *     metadata that these have for them
 */
public record LayerSummary(
        long entries, long bytes, Optional<Attributes> root, List<String> omitted, List<String> implied) {
    public LayerSummary {
        omitted = List.copyOf(omitted);
        implied = List.copyOf(implied);
    }
}
