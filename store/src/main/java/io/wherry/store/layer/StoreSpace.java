package io.wherry.store.layer;

import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.kernel.tree.TreeUsage;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.unpack.Ownership;
import io.wherry.store.unpack.UnpackLimits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What all drivers of one store share.
 *
 * @param root the store's folder, absolute, one filesystem
 * @param state its volatile folder
 * @param mapping short name of the user's id mapping, empty for the system's own ids
 */
public record StoreSpace(
        Path root,
        Path state,
        String mapping,
        Ownership ownership,
        UnpackLimits limits,
        TreePilots pilots,
        Durable durable,
        FileLocks locks) {

    Path layers(String driver) {
        return root.resolve("layers").resolve(mapping.isEmpty() ? driver : driver + "-" + mapping);
    }

    Path notes(String driver) {
        return state.resolve("layers").resolve(mapping.isEmpty() ? driver : driver + "-" + mapping);
    }

    /** A folder below {@code tmp/} that is ours as long as its lock is held. */
    public record Temporary(Path folder, FileLocks.Held lock) {}

    /** {@return a new folder below {@code tmp/}} Whoever asks for it removes it, then gives up its lock; {@link #sweep} does so for the dead. */
    public Temporary temporary() {
        String name = Durable.temporaryName().substring(1);
        FileLocks.Held lock = locks.exclusive("tmp-" + name);
        Path folder = root.resolve("tmp").resolve(name);
        durable.folders(folder);
        return new Temporary(folder, lock);
    }

    /** Takes a folder away at once, and removes what is below it; none is success. */
    void trash(Path folder) {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path trash = root.resolve("trash");
        try {
            durable.folders(trash);
            Path to = trash.resolve(Durable.temporaryName().substring(1));
            Files.move(folder, to, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            removeTree(to);
        } catch (IOException | WherryException e) {
            removeTree(folder); // A full disk may refuse the renaming.
        }
    }

    /** Removes a tree by a pilot: it may hold folders that only the user's namespace can read. */
    public void removeTree(Path folder) {
        try (TreeSession session = pilots.open(TreeTarget.plain(root));
                TreeStream out = new TreeStream(session, TreeStream.Parents.REQUIRE, root.resolve("tmp/spill"))) {
            out.remove(inRoot(folder));
            out.finish();
        }
    }

    /**
     * Copies all below one folder, and its metadata, into another, which is empty; with shared blocks where the filesystem can.
     *
     * @param target this store's root, in the form that both trees have
     * @param durable whether the copy is on the disk then
     */
    void copyTree(TreeTarget target, Path from, Path to, boolean durable) {
        try (TreeSession session = pilots.open(target);
                TreeStream out = new TreeStream(session, TreeStream.Parents.REQUIRE, root.resolve("tmp/spill"))) {
            out.copy(inRoot(from), inRoot(to));
            if (durable) {
                out.sync(true);
            }
            out.finish();
        }
    }

    /** Removes a tree that may lie outside of the store; none is success. */
    void removeTreeAnywhere(Path folder) {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path parent = java.util.Objects.requireNonNull(folder.getParent(), "a root is not removed");
        Temporary spill = temporary();
        try (FileLocks.Held _ = spill.lock();
                TreeSession session = pilots.open(TreeTarget.plain(parent));
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, spill.folder().resolve("spill"))) {
            out.remove(
                    io.wherry.kernel.tree.BytePath.of(parent.relativize(folder).toString()));
            out.finish();
        }
        removeTree(spill.folder());
    }

    /** {@return what a tree of the store takes, by a pilot} */
    TreeUsage usage(Path folder) {
        try (TreeSession session = pilots.open(TreeTarget.plain(root));
                TreeStream stream = new TreeStream(session, TreeStream.Parents.REQUIRE, root.resolve("tmp/spill"))) {
            return stream.usage(inRoot(folder));
        }
    }

    /** Gives a folder and all below it to a user as containers number users; it may lie anywhere, and links in it lead nowhere. */
    public void give(Path folder, long uid, long gid) {
        Temporary spill = temporary();
        try (FileLocks.Held _ = spill.lock();
                TreeSession session = pilots.open(TreeTarget.plain(folder));
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, spill.folder().resolve("spill"))) {
            out.own(new io.wherry.kernel.tree.Attributes(0, (int) uid, (int) gid, 0, 0));
            out.finish();
        }
        removeTree(spill.folder());
    }

    /** {@return the same store with files that become another's} */
    public StoreSpace withOwnership(Ownership other) {
        return new StoreSpace(root, state, mapping, other, limits, pilots, durable, locks);
    }

    /** {@return the path below the root, as a pilot whose root that is sees it} */
    String inRoot(Path path) {
        return io.wherry.kernel.tree.BytePath.of(root.relativize(path).toString());
    }

    /** Removes notes on layers that were not written to their end. Nobody may unpack meanwhile. */
    public void sweepNotes() {
        Path notes = state.resolve("layers");
        try (DirectoryStream<Path> folders = Files.isDirectory(notes) ? Files.newDirectoryStream(notes) : null) {
            if (folders != null) {
                folders.forEach(durable::sweep);
            }
        } catch (IOException e) {
            throw Durable.failure("list", notes, e);
        }
    }

    /** Removes what dead processes left in {@code tmp/} and {@code trash/}; {@return how many folders}. */
    public int sweep() {
        List<Path> dead = new ArrayList<>();
        for (String name : List.of("tmp", "trash")) {
            try (DirectoryStream<Path> entries =
                    Files.isDirectory(root.resolve(name)) ? Files.newDirectoryStream(root.resolve(name)) : null) {
                if (entries != null) {
                    entries.forEach(dead::add);
                }
            } catch (IOException e) {
                throw Durable.failure("list", root.resolve(name), e);
            }
        }
        int removed = 0;
        for (Path folder : dead) {
            var lock = locks.tryExclusive("tmp-" + folder.getFileName());
            if (lock.isPresent()) {
                try (FileLocks.Held _ = lock.get()) {
                    NewFolder.removeBegun(this, folder);
                    removeTree(folder);
                    removed++;
                }
            }
        }
        return removed;
    }
}
