package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.disk.FullDisk;
import io.wherry.store.unpack.FreeSpace;
import io.wherry.store.unpack.LayerSummary;
import io.wherry.store.unpack.LayerUnpacker;
import io.wherry.store.unpack.LayersBelow;
import io.wherry.store.unpack.UnpackPass;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** One reading of one archive into one tree. */
final class LayerWork {
    private final StoreSpace space;
    private final Path spill;

    /** @param spill a folder for what does not fit in memory */
    LayerWork(StoreSpace space, Path spill) {
        this.space = space;
        this.spill = spill;
    }

    LayerSummary run(TreeTarget target, LayersBelow below, UnpackPass pass, InputStream archive) throws IOException {
        TreeStream.Parents parents = below == LayersBelow.APART ? TreeStream.Parents.REQUIRE : TreeStream.Parents.MAKE;
        Path disk = target.folder(); // which for a folder of the user's is not the store's
        FreeSpace free = bytes -> FullDisk.require(disk, bytes);
        Path file = spill.resolve("spill-" + System.nanoTime());
        try (TreeSession session = space.pilots().open(target);
                TreeStream out = new TreeStream(session, parents, file)) {
            return new LayerUnpacker(out, below, pass, space.ownership(), space.limits(), free).unpack(archive);
        } catch (TreeException e) {
            boolean full = e.errno() == TreeException.ENOSPC || e.errno() == TreeException.EDQUOT;
            throw full ? FullDisk.of(disk, e) : e;
        }
    }

    /** Reads to the end: whoever hashes the archive must see all of it. */
    static void drain(InputStream archive) throws IOException {
        byte[] buffer = new byte[1 << 16];
        while (archive.read(buffer) >= 0) {}
    }
}
