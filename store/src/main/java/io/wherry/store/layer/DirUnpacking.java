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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All layers of an image into one tree, in order. What cannot be done so in one reading is done anew from the blobs at the end. */
final class DirUnpacking implements ImageUnpacking {
    private final StoreSpace space;
    private final LayerFolders folders;
    private final List<Digest> chains;
    private final StoreSpace.Temporary temporary;
    private final FileLocks.@Nullable Held lock;
    private final Set<String> omitted = new LinkedHashSet<>();
    private Attributes root = Attributes.IMPLIED_FOLDER;
    private long entries;
    private long bytes;
    private int next;
    private boolean again;

    DirUnpacking(StoreSpace space, LayerFolders folders, List<Digest> chains) {
        this.space = space;
        this.folders = folders;
        this.chains = chains;
        this.temporary = space.temporary();
        if (chains.isEmpty() || folders.usable(chains.getLast()).isPresent()) {
            this.lock = null;
            return;
        }
        FileLocks.Held held = folders.lock(chains.getLast());
        if (folders.usable(chains.getLast()).isPresent()) {
            held.close();
            this.lock = null;
        } else {
            this.lock = held;
        }
    }

    @Override
    public boolean needs(int index) {
        return lock != null;
    }

    @Override
    public boolean inParallel() {
        return false;
    }

    @Override
    public void layer(int index, InputStream archive) throws IOException {
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

    private Path folder() {
        return temporary.folder().resolve("image");
    }

    private void apply(int index, UnpackPass pass, InputStream archive) throws IOException {
        Path tree = folder().resolve(LayerFolders.TREE);
        if (!Files.exists(tree)) {
            Files.createDirectories(tree);
            Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        LayerSummary summary = new LayerWork(space, temporary.folder())
                .run(TreeTarget.plain(tree), index == 0 ? LayersBelow.NONE : LayersBelow.PRESENT, pass, archive);
        root = summary.root().orElse(root);
        entries += summary.entries();
        bytes += summary.bytes();
        omitted.addAll(summary.omitted());
    }

    @Override
    public List<String> publish(LayerSource source) throws IOException {
        if (lock == null) {
            return List.of();
        }
        if (again || next != chains.size()) {
            rebuild(source);
        }
        folders.publish(folder(), new LayerRecord(chains.getLast(), List.of(), root, entries, bytes));
        return List.copyOf(omitted);
    }

    private void rebuild(LayerSource source) throws IOException {
        if (Files.exists(folder())) {
            space.removeTree(folder());
        }
        omitted.clear();
        entries = 0;
        bytes = 0;
        root = Attributes.IMPLIED_FOLDER;
        for (int i = 0; i < chains.size(); i++) {
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

    @Override
    public void close() {
        try {
            space.removeTree(temporary.folder());
        } finally {
            temporary.lock().close();
            if (lock != null) {
                lock.close();
            }
        }
    }
}
