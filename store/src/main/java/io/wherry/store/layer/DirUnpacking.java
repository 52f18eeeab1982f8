package io.wherry.store.layer;

import io.wherry.oci.Digest;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All layers of an image into one tree of the store. */
final class DirUnpacking implements ImageUnpacking {
    private final StoreSpace space;
    private final LayerFolders folders;
    private final List<Digest> chains;
    private final StoreSpace.Temporary temporary;
    private final OneTree tree;
    private final FileLocks.@Nullable Held lock;

    DirUnpacking(StoreSpace space, LayerFolders folders, List<Digest> chains) {
        this.space = space;
        this.folders = folders;
        this.chains = chains;
        this.temporary = space.temporary();
        this.tree = new OneTree(space, folder().resolve(LayerFolders.TREE), temporary.folder(), chains.size());
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

    private Path folder() {
        return temporary.folder().resolve("image");
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
        tree.layer(index, archive);
    }

    @Override
    public List<String> publish(LayerSource source) throws IOException {
        if (lock == null) {
            return List.of();
        }
        List<String> omitted = tree.finish(source);
        folders.publish(
                folder(), new LayerRecord(chains.getLast(), List.of(), tree.root(), tree.entries(), tree.bytes()));
        return omitted;
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
