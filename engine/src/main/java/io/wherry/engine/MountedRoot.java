package io.wherry.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * A root filesystem that {@code wherry mount} has opened as a folder.
 *
 * @param kind {@code container} or {@code image}
 * @param id the container's, 64 hexadecimal digits, or the image's digest
 * @param name the container's or the image's; empty if it has none any more
 * @param paths where it is attached, absolute; the one that was asked for first
 * @param readOnly whether nothing can be written through it
 */
public record MountedRoot(String kind, String id, String name, List<Path> paths, boolean readOnly) {
    static final String CONTAINER = "container";
    static final String IMAGE = "image";

    public MountedRoot {
        paths = List.copyOf(paths);
    }
}
