package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Gives folders that a layer implies the metadata that the layers below have for them.
 *
 * <p>What the layers below show is overlayfs' own answer: the folders are copied up through a mount of these layers into an empty one, and from there their metadata goes
 * to the layer's tree. No link is followed in either.
 */
final class FoldersBelow {
    private final StoreSpace space;
    private final Path temporary;

    /** @param temporary a folder of our own, in which the layer's tree is too */
    FoldersBelow(StoreSpace space, Path temporary) {
        this.space = space;
        this.temporary = temporary;
    }

    /**
     * {@return false if one of the folders is a link or a file below}: then the layer must be written through a mount, which knows what that means.
     *
     * @param tree the layer's, below {@code temporary}
     * @param lowers trees of the layers below, the uppermost first
     * @param folders each behind those above it
     */
    boolean describe(Path tree, List<Path> lowers, List<String> folders) throws IOException {
        String name = String.valueOf(temporary.relativize(tree)).replace('/', '-');
        Path copies = Files.createDirectories(temporary.resolve("below-" + name));
        Path work = Files.createDirectories(temporary.resolve("work-below-" + name));
        try {
            write(TreeTarget.merged(lowers, copies, work), out -> folders.forEach(folder -> out.alike(folder, folder)));
            String from = temporary.relativize(copies) + "/";
            String to = temporary.relativize(tree) + "/";
            write(TreeTarget.plain(temporary), out -> folders.forEach(folder -> out.alike(from + folder, to + folder)));
            return true;
        } catch (TreeException e) {
            if (e.errno() == TreeException.ENOTDIR || e.errno() == TreeException.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private interface Work {
        void on(TreeStream out);
    }

    private void write(TreeTarget target, Work work) {
        try (TreeSession session = space.pilots().open(target);
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, temporary.resolve("spill-" + System.nanoTime()))) {
            work.on(out);
            out.finish();
        }
    }
}
