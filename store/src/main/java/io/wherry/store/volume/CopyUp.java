package io.wherry.store.volume;

import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.FolderCopy;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.layer.StoreSpace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts what an image has at a path into a volume that no container has had yet. It is made whole under another name and takes the place of the empty folder by one rename: who is killed in the middle
 * leaves something that the next one removes and begins anew.
 */
final class CopyUp {
    private static final String BEGUN = "data.new";

    private final StoreSpace space;
    private final Path volume;
    private final Path data;

    CopyUp(StoreSpace space, Path volume, Path data) {
        this.space = space;
        this.volume = volume;
        this.data = data;
    }

    /**
     * Copies if the volume is empty and there is such a folder.
     *
     * @param root what the container's root is made of
     * @param target absolute path in it
     */
    void run(RootfsMount root, String target) {
        String path = BytePath.of(Path.of(target).normalize().toString().substring(1));
        if (path.isEmpty() || !isEmpty()) {
            return;
        }
        Path begun = volume.resolve(BEGUN);
        try {
            if (Files.exists(begun, LinkOption.NOFOLLOW_LINKS)) {
                space.removeTree(begun);
            }
            Files.createDirectory(begun);
            if (copied(root, path)) {
                Files.move(begun, data, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(begun);
            }
        } catch (IOException e) {
            throw Durable.failure("fill", data, e);
        }
    }

    /** One that its owner may not read has been filled before. */
    private boolean isEmpty() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(data)) {
            return !entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean copied(RootfsMount root, String path) throws IOException {
        if (root instanceof RootfsMount.Overlay overlay) {
            return !overlay.lowers().isEmpty() && copied(overlay, path);
        }
        return copied(TreeTarget.plain(((RootfsMount.Bind) root).folder()), path);
    }

    /** Through a mount of the layers, with folders of its own for what nobody writes. */
    private boolean copied(RootfsMount.Overlay overlay, String path) throws IOException {
        StoreSpace.Temporary temporary = space.temporary();
        try (FileLocks.Held _ = temporary.lock()) {
            Path upper = Files.createDirectory(temporary.folder().resolve("upper"));
            Path work = Files.createDirectory(temporary.folder().resolve("work"));
            try {
                return copied(TreeTarget.merged(overlay.layers(), upper, work), path);
            } finally {
                space.removeTree(temporary.folder());
            }
        }
    }

    private boolean copied(TreeTarget root, String path) {
        try (TreeSession session = space.pilots().open(root.beside(volume))) {
            return FolderCopy.copy(session, path, BEGUN, true);
        }
    }
}
