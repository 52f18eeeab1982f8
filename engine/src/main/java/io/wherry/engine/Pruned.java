package io.wherry.engine;

import java.util.List;

/**
 * What a prune removed.
 *
 * @param untagged names of images that were taken away
 * @param deleted digests of configurations, blobs and layers that are gone, in words as users see them
 * @param bytes that were freed, as archives counted them
 * @param notes sentences about what was left, each once
 */
public record Pruned(List<String> untagged, List<String> deleted, long bytes, List<String> notes) {
    /** Copies the lists. */
    public Pruned {
        untagged = List.copyOf(untagged);
        deleted = List.copyOf(deleted);
        notes = List.copyOf(notes);
    }
}
