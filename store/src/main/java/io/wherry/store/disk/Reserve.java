package io.wherry.store.disk;

import io.wherry.kernel.tree.TreeException;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Room that is kept for the day on which there is none: a folder with a file of {@value #BYTES} bytes, and with empty files for the sake of their inodes. What makes room gives it up if it cannot do
 * without; a later command makes it again. Nobody minds if it is not there, so nothing of it is synced, and two who make it at a time are one too many, no more. Safe for several threads.
 */
public final class Reserve {
    /** The folder's name below the root. */
    public static final String FOLDER = "reserve";

    private static final int BYTES = 1 << 20;
    private static final int INODES = 16;
    private static final long AMPLE = 64L << 20; // so much that a mebibyte of it is nobody's loss

    private final Path folder;

    /** The reserve of a durable root. */
    public Reserve(Path root) {
        this.folder = root.resolve(FOLDER);
    }

    /** Makes it if it is not there and the disk has ample room. */
    public void keep() {
        if (Files.exists(folder) || FullDisk.free(folder) < AMPLE) {
            return;
        }
        Path begun = folder.resolveSibling(FOLDER + Durable.temporaryName());
        try {
            byte[] noise = new byte[BYTES]; // which no filesystem can compress
            new SplittableRandom(1).nextBytes(noise);
            Files.createDirectory(begun);
            Files.write(begun.resolve("bytes"), noise, StandardOpenOption.CREATE_NEW);
            for (int i = 1; i <= INODES; i++) {
                Files.createFile(begun.resolve("inode-" + i));
            }
            Files.move(begun, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            remove(begun); // for want of room, or because another was faster
        }
    }

    /** Gives it up. {@return whether there was one} */
    public boolean spend() {
        return Files.exists(folder) && remove(folder);
    }

    /** {@return what the work returns} If there is no room for it the reserve is given up, and the work, which must bear that, done once more. */
    public <T> T orSpend(Supplier<T> work) {
        try {
            return work.get();
        } catch (WherryException e) {
            if (!isFull(e) || !spend()) {
                throw e;
            }
            return work.get();
        }
    }

    private static boolean isFull(WherryException e) {
        return e instanceof FullDiskException
                || (e instanceof TreeException tree
                        && (tree.errno() == TreeException.ENOSPC || tree.errno() == TreeException.EDQUOT));
    }

    /** {@return whether anything was removed} */
    private static boolean remove(Path folder) {
        boolean removed = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                removed |= Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            return removed;
        }
        return removed;
    }
}
