package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.unpack.LayerSummary;
import io.wherry.store.unpack.LayersBelow;
import io.wherry.store.unpack.UnpackPass;
import io.wherry.store.unpack.UnpackRetry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Layers written apart from each other, in any order, several at once. Folders that a layer only implies get their metadata when the layers below are there. A layer that turns out to need more of
 * what is below it is written once more then, through an overlay mount.
 */
final class OverlayUnpacking implements ImageUnpacking {
    private final StoreSpace space;
    private final LayerFolders folders;
    private final List<Digest> chains;
    private final StoreSpace.Temporary temporary;
    private final List<FileLocks.Held> locks = new ArrayList<>();
    private final @Nullable LayerSummary[] summaries;
    private final boolean[] needed;

    OverlayUnpacking(StoreSpace space, LayerFolders folders, List<Digest> chains) {
        this.space = space;
        this.folders = folders;
        this.chains = chains;
        this.summaries = new LayerSummary[chains.size()];
        this.needed = new boolean[chains.size()];
        this.temporary = space.temporary();
        // Always from the lowest up, so that two pulls with common layers never wait for each other in a circle.
        for (int i = 0; i < needed.length; i++) {
            if (folders.usable(chains.get(i)).isEmpty() && chains.indexOf(chains.get(i)) == i) {
                FileLocks.Held lock = folders.lock(chains.get(i));
                needed[i] = folders.usable(chains.get(i)).isEmpty();
                if (needed[i]) {
                    locks.add(lock);
                } else {
                    lock.close(); // Another process finished it meanwhile.
                }
            }
        }
    }

    @Override
    public boolean needs(int index) {
        return needed[index];
    }

    @Override
    public boolean inParallel() {
        return true;
    }

    @Override
    public void layer(int index, InputStream archive) throws IOException {
        Path tree = freshTree(index);
        try {
            summaries[index] = new LayerWork(space, temporary.folder())
                    .run(
                            TreeTarget.overlay(tree),
                            index == 0 ? LayersBelow.NONE : LayersBelow.APART,
                            UnpackPass.ALL,
                            archive);
        } catch (UnpackRetry e) {
            summaries[index] = null;
            LayerWork.drain(archive);
        }
    }

    private Path folder(int index) {
        return temporary.folder().resolve(Integer.toString(index));
    }

    private Path freshTree(int index) throws IOException {
        if (Files.exists(folder(index))) {
            space.removeTree(folder(index));
        }
        Path tree = folder(index).resolve(LayerFolders.TREE);
        Files.createDirectories(tree);
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        return tree;
    }

    @Override
    public List<String> publish(LayerSource again) throws IOException {
        Set<String> omitted = new LinkedHashSet<>();
        List<String> lowers = new ArrayList<>();
        Attributes root = Attributes.IMPLIED_FOLDER;
        for (int i = 0; i < needed.length; i++) {
            Digest chain = chains.get(i);
            if (needed[i]) {
                LayerSummary summary = summaries[i];
                if (summary == null || !describeImplied(i, lowers, summary)) {
                    summary = throughMount(i, lowers, again);
                }
                root = summary.root().orElse(root);
                if (!root.equals(Attributes.IMPLIED_FOLDER) && summary.root().isEmpty()) {
                    setRoot(folder(i).resolve(LayerFolders.TREE), root);
                }
                folders.publish(folder(i), new LayerRecord(chain, lowers, root, summary.entries(), summary.bytes()));
                omitted.addAll(summary.omitted());
            } else {
                root = folders.usable(chain)
                        .orElseThrow(() -> folders.missing(chain))
                        .root();
            }
            lowers.addFirst(LayerFolders.name(chain));
        }
        return List.copyOf(omitted);
    }

    private boolean describeImplied(int index, List<String> lowers, LayerSummary summary) throws IOException {
        return summary.implied().isEmpty()
                || new FoldersBelow(space, temporary.folder())
                        .describe(folder(index).resolve(LayerFolders.TREE), trees(lowers), summary.implied());
    }

    private List<Path> trees(List<String> lowers) {
        List<Path> trees = new ArrayList<>();
        for (String lower : lowers) {
            trees.add(folders.folder().resolve(lower).resolve(LayerFolders.TREE));
        }
        return trees;
    }

    /** The mount does what a layer apart cannot: it copies up parents and targets of hard links, and turns removals into whiteouts. */
    private LayerSummary throughMount(int index, List<String> lowers, LayerSource again) throws IOException {
        Path upper = freshTree(index);
        List<Path> below = trees(lowers);
        LayerWork work = new LayerWork(space, temporary.folder());
        LayerSummary summary = null;
        for (UnpackPass pass : List.of(UnpackPass.WHITEOUTS, UnpackPass.ENTRIES)) {
            Path own = temporary.folder().resolve("work-" + index + "-" + pass);
            Files.createDirectories(own);
            try (InputStream archive = again.open(index)) {
                summary = work.run(TreeTarget.merged(below, upper, own), LayersBelow.PRESENT, pass, archive);
            }
        }
        if (summary == null) {
            throw new IllegalStateException("no pass");
        }
        return summary;
    }

    /** overlayfs shows the root of the uppermost layer: one that says nothing of it shows what is below. */
    private void setRoot(Path tree, Attributes root) {
        try (TreeSession session = space.pilots().open(TreeTarget.overlay(tree));
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, temporary.folder().resolve("spill-root"))) {
            out.folder("", root, List.of());
            out.finish();
        }
    }

    @Override
    public void close() {
        try {
            space.removeTree(temporary.folder());
        } finally {
            temporary.lock().close();
            locks.forEach(FileLocks.Held::close);
        }
    }
}
