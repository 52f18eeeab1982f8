package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Layers above the uppermost one that is there, each written into a snapshot of the one below, in order. One that cannot be done in a single reading is done anew from its blob at the end, and
 * so are those above it.
 */
final class BtrfsUnpacking implements ImageUnpacking {
    private final StoreSpace space;
    private final LayerFolders folders;
    private final List<Digest> chains;
    private final StoreSpace.Temporary temporary;
    private final Subvolumes subvolumes;
    private final Deque<FileLocks.Held> locks = new ArrayDeque<>();
    private final @Nullable LayerSummary[] summaries;
    /** The lowest layer that is not there. */
    private int first;

    BtrfsUnpacking(StoreSpace space, LayerFolders folders, List<Digest> chains) {
        this.space = space;
        this.folders = folders;
        this.chains = chains;
        this.subvolumes = new Subvolumes(space);
        this.summaries = new LayerSummary[chains.size()];
        this.temporary = space.temporary();
        this.first = chains.size();
        while (first > 0 && folders.usable(chains.get(first - 1)).isEmpty()) {
            first--;
        }
        // Always from the lowest up, so that two pulls with common layers never wait for each other in a circle.
        for (int i = first; i < chains.size(); i++) {
            locks.add(folders.lock(chains.get(i)));
            if (folders.usable(chains.get(i)).isPresent()) { // Another process finished it meanwhile.
                release();
                first = i + 1;
            }
        }
    }

    @Override
    public boolean needs(int index) {
        return index >= first;
    }

    @Override
    public boolean inParallel() {
        return false;
    }

    @Override
    public void layer(int index, InputStream archive) throws IOException {
        for (int i = index; i < summaries.length; i++) {
            summaries[i] = null; // What was above a first attempt is of no use.
        }
        if (index > first && summaries[index - 1] == null) {
            LayerWork.drain(archive);
            return;
        }
        begin(index);
        try {
            summaries[index] = apply(index, UnpackPass.ALL, archive);
        } catch (UnpackRetry e) {
            LayerWork.drain(archive);
        }
    }

    private Path folder(int index) {
        return temporary.folder().resolve(Integer.toString(index));
    }

    private Path tree(int index) {
        return (index < first ? folders.of(chains.get(index)) : folder(index)).resolve(LayerFolders.TREE);
    }

    /** Makes the layer's tree, as the one below leaves it. */
    private void begin(int index) throws IOException {
        if (Files.exists(folder(index))) {
            space.removeTree(folder(index));
        }
        Files.createDirectories(folder(index));
        if (index == 0) {
            subvolumes.make(tree(0));
        } else {
            subvolumes.snapshot(tree(index - 1), tree(index));
        }
    }

    private LayerSummary apply(int index, UnpackPass pass, InputStream archive) throws IOException {
        return new LayerWork(space, temporary.folder())
                .run(TreeTarget.plain(tree(index)), index == 0 ? LayersBelow.NONE : LayersBelow.PRESENT, pass, archive);
    }

    @Override
    public List<String> publish(LayerSource again) throws IOException {
        Set<String> omitted = new LinkedHashSet<>();
        for (int i = first; i < summaries.length; i++) {
            LayerSummary summary = summaries[i];
            if (summary == null) {
                summary = inTwoReadings(i, again);
                summaries[i] = summary;
            }
            omitted.addAll(summary.omitted());
        }
        Attributes root =
                first == 0 ? Attributes.IMPLIED_FOLDER : record(first - 1).root();
        for (int i = first; i < summaries.length; i++) {
            LayerSummary summary = java.util.Objects.requireNonNull(summaries[i]);
            root = summary.root().orElse(root);
            folders.publish(
                    folder(i), new LayerRecord(chains.get(i), List.of(), root, summary.entries(), summary.bytes()));
        }
        return List.copyOf(omitted);
    }

    private LayerRecord record(int index) {
        return folders.usable(chains.get(index)).orElseThrow(() -> folders.missing(chains.get(index)));
    }

    private LayerSummary inTwoReadings(int index, LayerSource again) throws IOException {
        begin(index);
        if (index > 0) { // Nothing is below the lowest.
            try (InputStream archive = again.open(index)) {
                apply(index, UnpackPass.WHITEOUTS, archive);
            }
        }
        try (InputStream archive = again.open(index)) {
            return apply(index, UnpackPass.ENTRIES, archive);
        }
    }

    private void release() {
        while (!locks.isEmpty()) {
            locks.removeLast().close();
        }
    }

    @Override
    public void close() {
        try {
            space.removeTree(temporary.folder());
        } finally {
            temporary.lock().close();
            release();
        }
    }
}
