package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FullDisk;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The one door through which the engine's state files are written and read: durable writes, bounded reads. Stateless.
 *
 * <p>A durable write is: a new file, write, fsync, rename, fsync of the folder. What a reader finds is whole or absent.
 */
final class StateFile {
    private static final long LIMIT = 16L << 20;

    private StateFile() {}

    /** Puts a file in place, replacing the one before. */
    static void write(Path file, byte[] bytes) {
        Path temporary = sibling(file);
        try {
            writeNew(temporary, bytes, true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            syncFolder(parent(file));
        } catch (IOException e) {
            WherryException failure = failed("write", file, e);
            remove(temporary);
            throw failure;
        }
    }

    /** Puts a file in place that only its owner may read, replacing the one before; it need not survive a power cut. */
    static void replacePrivately(Path file, byte[] bytes) {
        Path temporary = sibling(file);
        try {
            writeNew(
                    temporary,
                    bytes,
                    false,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            remove(temporary);
            throw failed("write", file, e);
        }
    }

    /** Gives a file a second name if that is free. {@return whether it was} */
    static boolean link(Path file, Path name, boolean durable) {
        try {
            Files.createLink(name, file);
            if (durable) {
                syncFolder(parent(name));
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw failed("write", name, e);
        }
    }

    /**
     * Writes into a folder that is not in place yet, so that nobody else can have a file there: synced if it is to survive a power cut, not renamed. A
     * stream and no channel, for which the JVM does three times the work.
     */
    static void writeInside(Path folder, String name, byte[] bytes, boolean durable) {
        Path file = folder.resolve(name);
        try (FileOutputStream out = new FileOutputStream(file.toString())) {
            out.write(bytes);
            if (durable) {
                out.getFD().sync();
            }
        } catch (IOException e) {
            throw failed("write", file, e);
        }
    }

    private static void writeNew(Path file, byte[] bytes, boolean durable, FileAttribute<?>... attributes)
            throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), attributes)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            if (durable) {
                channel.force(true);
            }
        }
    }

    static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** {@return the content of a regular file, if it is there} */
    static Optional<byte[]> read(Path file) {
        try {
            // asked once: a file may appear or go between two questions. Most are not there, which is no exception:
            // that costs more than the question.
            BasicFileAttributes attributes = file.getFileSystem()
                    .provider()
                    .readAttributesIfExists(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes == null) {
                return Optional.empty();
            }
            if (!attributes.isRegularFile()) {
                throw new WherryException(WherryException.Kind.CORRUPT, "The state file " + file + " is not a file.");
            }
            if (attributes.size() > LIMIT) {
                throw new WherryException(
                        WherryException.Kind.CORRUPT,
                        "The state file " + file + " has " + attributes.size() + " bytes; at most " + LIMIT
                                + " are expected.");
            }
            try (FileInputStream in = new FileInputStream(file.toString())) {
                return Optional.of(in.readNBytes((int) LIMIT));
            }
        } catch (IOException e) {
            if (e instanceof FileNotFoundException && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty(); // removed since it was asked
            }
            throw failed("read", file, e);
        }
    }

    /** {@return the names of a folder's entries, which cost less than their paths} */
    static String[] list(Path folder) {
        String[] names = folder.toFile().list();
        if (names == null) {
            throw failed("list", folder, new IOException("it is not there, or not to be read"));
        }
        return names;
    }

    /** Removes a file if it is there; a folder in its place goes with all that is in it. */
    static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException e) {
            new Durable().remove(file);
        } catch (IOException e) {
            throw failed("remove", file, e);
        }
    }

    static WherryException failed(String what, Path file, IOException e) {
        WherryException full = FullDisk.of(what, file, e).orElse(null);
        if (full != null) {
            return full;
        }
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION, "Cannot " + what + " " + file + ": " + reason + ".", null, e);
    }

    private static Path sibling(Path file) {
        return file.resolveSibling(
                file.getFileName() + ".new-" + ContainerId.random().abbreviated());
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }
}
