package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.unpack.LayerSummary;
import io.wherry.store.unpack.LayersBelow;
import io.wherry.store.unpack.UnpackPass;
import io.wherry.store.unpack.UnpackRetry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All layers of an image in one tree, one over the other, in order. What cannot be done so in one reading is done anew from the blobs at the end. Not safe for several threads. */
final class OneTree {
    private final StoreSpace space;
    private final Path tree;
    private final Path spill;
    private final int layers;
    private final Set<String> omitted = new LinkedHashSet<>();
    private Attributes root = Attributes.IMPLIED_FOLDER;
    private long entries;
    private long bytes;
    private int next;
    private boolean again;

    /**
     * A tree that is not there yet.
     *
     * @param tree its folder, absolute
     * @param spill a folder for what does not fit in memory
     * @param layers how many there are
     */
    OneTree(StoreSpace space, Path tree, Path spill, int layers) {
        this.space = space;
        this.tree = tree;
        this.spill = spill;
        this.layers = layers;
    }

    void layer(int index, InputStream archive) throws IOException {
        if (index != next) {
            again = true; // A second attempt at a layer: its first one is in the tree.
        }
        next = index + 1;
        if (again) {
            LayerWork.drain(archive);
            return;
        }
        again = true; // Until it is done: an exception leaves half a layer in the tree.
        try {
            apply(index, UnpackPass.ALL, archive);
            again = false;
        } catch (UnpackRetry e) {
            LayerWork.drain(archive);
        }
    }

    /** Does what is left to do. {@return sentences about what was left out, each once} */
    List<String> finish(LayerSource source) throws IOException {
        if (again || next != layers) {
            rebuild(source);
        }
        make();
        return List.copyOf(omitted);
    }

    /** {@return the attributes of its root} */
    Attributes root() {
        return root;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    private void make() throws IOException {
        if (!Files.exists(tree)) {
            Files.createDirectories(tree);
            Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void apply(int index, UnpackPass pass, InputStream archive) throws IOException {
        make();
        LayerSummary summary = new LayerWork(space, spill)
                .run(TreeTarget.plain(tree), index == 0 ? LayersBelow.NONE : LayersBelow.PRESENT, pass, archive);
        root = summary.root().orElse(root);
        entries += summary.entries();
        bytes += summary.bytes();
        omitted.addAll(summary.omitted());
    }

    private void rebuild(LayerSource source) throws IOException {
        space.removeTreeAnywhere(tree);
        omitted.clear();
        entries = 0;
        bytes = 0;
        root = Attributes.IMPLIED_FOLDER;
        for (int i = 0; i < layers; i++) {
            for (UnpackPass pass : List.of(UnpackPass.WHITEOUTS, UnpackPass.ENTRIES)) {
                if (i == 0 && pass == UnpackPass.WHITEOUTS) {
                    continue; // Nothing is below the lowest.
                }
                try (InputStream archive = source.open(i)) {
                    apply(i, pass, archive);
                }
            }
        }
    }
}
