package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container's root filesystem is made of: data for whoever compiles the mounts. */
public sealed interface RootfsMount {
    /** {@return the same to be looked at, by a mount of its own that can stand beside the container's} */
    TreeTarget view();

    /** {@return the same to be written to while nothing else has it mounted} */
    TreeTarget writable();

    /** {@return the folders of the image's layers, the uppermost first; one, where they are one tree; none, of an image without layers} */
    List<Path> layers();

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

        @Override
        public List<Path> layers() {
            List<Path> layers = new ArrayList<>();
            for (String lower : lowers) {
                layers.add(base.resolve(lower));
            }
            return layers;
        }

        @Override
        public TreeTarget view() {
            List<Path> all = layers();
            all.addFirst(upper);
            return TreeTarget.view(all);
        }

        @Override
        public TreeTarget writable() {
            return lowers.isEmpty() ? TreeTarget.plain(upper) : TreeTarget.merged(layers(), upper, work);
        }
    }

    /**
     * A folder that belongs to the container alone, to be bound.
     *
     * @param image the tree that it was or will be made from; absent for an image without layers
     */
    record Bind(Path folder, Optional<Path> image) implements RootfsMount {
        @Override
        public TreeTarget view() {
            return TreeTarget.view(List.of(folder));
        }

        @Override
        public TreeTarget writable() {
            return TreeTarget.plain(folder);
        }

        @Override
        public List<Path> layers() {
            return image.map(List::of).orElse(List.of());
        }
    }
}
