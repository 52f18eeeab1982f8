package io.wherry.store.tree;

import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.layer.DirDriver;
import io.wherry.store.layer.RootfsMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a container has changed of its layers, whatever driver keeps them. */
public final class ContainerChanges {
    private final TreePilots pilots;
    private final RootfsMount root;
    private final Set<String> mountPoints = new HashSet<>();

    /**
     * Prepares to look.
     *
     * @param mountPoints paths in the container on which something is mounted: empty, they are no change
     */
    public ContainerChanges(TreePilots pilots, RootfsMount root, List<String> mountPoints) {
        this.pilots = pilots;
        this.root = root;
        for (String path : mountPoints) {
            for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
                this.mountPoints.add(path.substring(0, end));
            }
        }
    }

    /** Tells all changes. The container may run, and change them meanwhile. */
    public void tell(ChangeSink sink) throws IOException {
        List<Path> layers = root.layers();
        Optional<TreeTarget> below = layers.isEmpty() ? Optional.empty() : Optional.of(TreeTarget.view(layers));
        switch (root) {
            case RootfsMount.Overlay overlay ->
                compare(
                        TreeTarget.view(List.of(overlay.upper())),
                        below,
                        TreeDifference.Form.WRITTEN,
                        new TreeEntry.Changed(Long.MIN_VALUE, 0),
                        sink);
            case RootfsMount.Bind bind ->
                compare(bind.view(), below, TreeDifference.Form.WHOLE, DirDriver.copied(bind.folder()), sink);
        }
    }

    private void compare(
            TreeTarget above,
            Optional<TreeTarget> below,
            TreeDifference.Form form,
            TreeEntry.Changed since,
            ChangeSink sink)
            throws IOException {
        try (TreeSession container = pilots.open(above)) {
            if (below.isEmpty()) {
                new TreeDifference(new TreeReader(container), null, form, since, mountPoints, sink).run();
                return;
            }
            try (TreeSession layers = pilots.open(below.get())) {
                new TreeDifference(new TreeReader(container), new TreeReader(layers), form, since, mountPoints, sink)
                        .run();
            }
        }
    }
}
