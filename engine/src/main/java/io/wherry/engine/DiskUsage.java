package io.wherry.engine;

import io.wherry.oci.Digest;
import java.util.List;
import java.util.Set;

/**
 * What everything below a durable root takes of the disk. Sizes are bytes in allocated blocks; those of the parts add up to the whole.
 *
 * @param parts in the order of {@link Kind}
 * @param images by name
 * @param containers the newest first
 * @param layers by driver and name
 * @param skipped folders that lie so deep that nobody looked into them: with any, sizes are lower bounds
 */
public record DiskUsage(
        List<Part> parts, List<OfImage> images, List<OfContainer> containers, List<OfLayer> layers, long skipped) {
    /** Makes the lists unchangeable. */
    public DiskUsage {
        parts = List.copyOf(parts);
        images = List.copyOf(images);
        containers = List.copyOf(containers);
        layers = List.copyOf(layers);
    }

    /** What a part is. */
    public enum Kind {
        /** Unpacked layers, blobs, and the names of images. */
        IMAGES,
        /** What containers have written, and their records. */
        CONTAINERS,
        /** Volumes. */
        VOLUMES,
        /** Logs of containers. */
        LOGS,
        /** Blobs that have come in part; a pull goes on with them. */
        DOWNLOADS,
        /** Blobs kept for the next pull into a folder. */
        CACHE,
        /** What is in the making, and what waits for its deletion. */
        LEFTOVERS,
        /** What is given up when there is no room. */
        RESERVE,
        /** All else: names, locks, the journal of events, volatile records if they are below the root. */
        RECORDS
    }

    /**
     * A part of the whole.
     *
     * @param total how many objects there are
     * @param active how many of them are in use
     * @param reclaimable bytes that a prune would free
     */
    public record Part(Kind kind, int total, int active, long bytes, long reclaimable) {}

    /**
     * An image, whose layers and blobs others may need as well.
     *
     * @param shared bytes of what other images need too
     * @param unique bytes of what no other needs
     * @param containers how many were made from it
     */
    public record OfImage(Image image, long shared, long unique, int containers) {}

    /**
     * A container.
     *
     * @param bytes what it has written and its records, without its log
     * @param log bytes of its log
     */
    public record OfContainer(Container container, long bytes, long log) {}

    /**
     * An unpacked layer.
     *
     * @param driver what keeps it, and for whose ids if they are not the system's
     * @param name the beginning of its chain id
     * @param images ids of the images that need it
     */
    public record OfLayer(String driver, String name, long bytes, Set<Digest> images) {
        /** Makes the set unchangeable. */
        public OfLayer {
            images = Set.copyOf(images);
        }
    }

    /** {@return bytes of everything} */
    public long bytes() {
        long sum = 0;
        for (Part part : parts) {
            sum += part.bytes();
        }
        return sum;
    }
}
