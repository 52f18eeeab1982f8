package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a container's root filesystem is made of: data for whoever compiles the mounts. */
public sealed interface RootfsMount {
    /**
     * An overlay mount with {@code userxattr}, without metacopy and redirects.
     *
     * @param base the folder that {@code lowers} are relative to: change to it before mounting, so that all fit in one page
     * @param lowers relative to {@code base}, the uppermost first
     * @param upper empty when the container is new; needs {@code root}'s mode and owner, since the mount shows those of upper
     * @param root mode and owner of the image's root folder
     */
    record Overlay(Path base, List<String> lowers, Path upper, Path work, Attributes root) implements RootfsMount {
        public Overlay {
            lowers = List.copyOf(lowers);
        }
    }

    /**
     * A folder that belongs to the container alone, to be bound.
     *
     * @param image the tree that it was or will be made from; absent for an image without layers
     */
    record Bind(Path folder, Optional<Path> image) implements RootfsMount {}
}
