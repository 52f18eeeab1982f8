package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which of all that nothing uses is to go: containers that do not run, then networks without containers, then images and what they needed, then blobs kept for pulls into folders.
 *
 * @param containers which of those that do not run
 */
public record SystemPrune(Predicate<Container> containers, ImagePrune images) {
    /**
     * What was removed.
     *
     * @param containers ids
     * @param networks names
     * @param bytes that were freed
     */
    public record Result(List<String> containers, List<String> networks, Pruned images, long bytes) {
        /** Copies the lists. */
        public Result {
            containers = List.copyOf(containers);
            networks = List.copyOf(networks);
        }
    }

    Result run(Engine engine, ImageCatalog catalog) {
        List<String> removed = new ArrayList<>();
        long bytes = 0;
        DiskUsage before = engine.diskUsage();
        for (DiskUsage.OfContainer one : before.containers()) {
            Container container = one.container();
            if (!container.status().isAttended() && containers.test(container)) {
                try {
                    engine.remove(container.id(), false);
                    removed.add(container.id());
                    bytes += one.bytes() + one.log();
                } catch (WherryException e) {
                    if (e.kind() != WherryException.Kind.NOT_FOUND
                            && e.kind() != WherryException.Kind.FAILED_PRECONDITION) {
                        throw e;
                    } // else it was removed, or started, meanwhile
                }
            }
        }
        List<String> networks = engine.pruneNetworks();
        Pruned pruned = engine.pruneImages(images);
        bytes += pruned.bytes() + catalog.storage().cache().clear();
        return new Result(removed, networks, pruned, bytes);
    }
}
