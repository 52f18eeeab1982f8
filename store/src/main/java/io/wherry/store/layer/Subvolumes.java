package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import java.nio.file.Path;

/** Makes subvolumes of btrfs in a store, by a pilot: Java has no call for it. Their parents exist, their names are free. Safe for several threads. */
final class Subvolumes {
    private final StoreSpace space;

    Subvolumes(StoreSpace space) {
        this.space = space;
    }

    /** An empty one, as a root that no layer describes. */
    void make(Path subvolume) {
        write(subvolume, out -> out.subvolume(space.inRoot(subvolume), Attributes.IMPLIED_FOLDER));
    }

    /** One that shares all its blocks with another, which is of this store too. */
    void snapshot(Path of, Path subvolume) {
        write(subvolume, out -> out.snapshot(space.inRoot(of), space.inRoot(subvolume)));
    }

    private interface Work {
        void on(TreeStream out);
    }

    private void write(Path subvolume, Work work) {
        try (TreeSession session = space.pilots().open(TreeTarget.plain(space.root()));
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, subvolume.resolveSibling(".spill-" + System.nanoTime()))) {
            work.on(out);
            out.finish();
        }
    }
}
