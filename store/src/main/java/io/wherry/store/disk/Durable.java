package io.wherry.store.disk;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Every change of state on disk: temporary name in the same folder, write, fsync, rename, fsync of the folder. A failed fsync fails the change; it is never tried again on the same
 * file, since Linux drops the pages. An fsync costs a commit of the filesystem's journal with whatever others have changed, so who writes several files in a folder before the one
 * that names them {@link #write}s and {@link #rename}s them and {@link #settle}s the folder once.
 *
 * <p>Each step first asks {@link Faults}: tests make it fail, or end the process, at the n-th. Safe for use by several threads.
 */
public final class Durable {
    /** Where tests make steps fail. */
    public interface Faults {
        /** Nothing fails. */
        Faults NONE = (step, path) -> {};

        /** Called before a step ({@code write}, {@code fsync}, {@code rename}, {@code fsync-folder}, {@code remove}); may throw instead. */
        void before(String step, Path path) throws IOException;
    }

    private static final String TEMPORARY = ".new-";
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Faults faults;

    public Durable(Faults faults) {
        this.faults = faults;
    }

    public Durable() {
        this(Faults.NONE);
    }

    /** {@return a name that no other process or thread uses now, beginning with a dot} */
    public static String temporaryName() {
        return TEMPORARY + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + "-"
                + COUNTER.incrementAndGet();
    }

    /** Makes the folder and those above it. */
    public void folders(Path folder) {
        run("make the folder", folder, () -> Files.createDirectories(folder));
    }

    /** The file has these bytes from now on, or what it had before, whatever happens. */
    public void replace(Path file, byte[] bytes) {
        write(file, bytes);
        settle(parent(file));
    }

    /** As {@link #replace}; but after a loss of power the file may be what it was before, until its folder is settled. */
    public void write(Path file, byte[] bytes) {
        run("write", file, () -> {
            Path parent = parent(file);
            Path temporary = parent.resolve(temporaryName());
            try {
                try (FileChannel out =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    faults.before("write", file);
                    ByteBuffer rest = ByteBuffer.wrap(bytes);
                    while (rest.hasRemaining()) {
                        out.write(rest);
                    }
                    force(out, file);
                }
                faults.before("rename", file);
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    remove(file);
                }
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                Files.deleteIfExists(temporary);
                throw e;
            }
        });
    }

    /** Makes the names in a folder durable. */
    public void settle(Path folder) {
        run("sync the folder", folder, () -> syncFolder(folder));
    }

    /** Writes a file that the next boot does not need: by rename, without fsync. */
    public void replaceVolatile(Path file, byte[] bytes) {
        run("write", file, () -> {
            Path temporary = parent(file).resolve(temporaryName());
            faults.before("write", file);
            Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW);
            faults.before("rename", file);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    /** Makes the channel's bytes durable. */
    public void force(FileChannel channel, Path file) throws IOException {
        faults.before("fsync", file);
        channel.force(true);
    }

    /** Gives a finished file or folder its name, durably; {@code ALREADY_EXISTS} for a folder whose name is taken. */
    public void publish(Path from, Path to) {
        rename(from, to);
        settle(parent(to));
        if (!parent(from).equals(parent(to))) {
            settle(parent(from));
        }
    }

    /** As {@link #publish}; but after a loss of power it may have its old name or place, until the folder is settled. */
    public void rename(Path from, Path to) {
        run("publish", to, () -> {
            faults.before("rename", to);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    /** Removes a file durably; none is success. A folder in its place goes with all that is in it. */
    public void remove(Path file) {
        if (delete(file)) {
            settle(parent(file));
        }
    }

    /** As {@link #remove}; but after a loss of power it may be there again, until the folder is settled. {@return whether it was there} */
    public boolean delete(Path file) {
        try {
            faults.before("remove", file);
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                return Files.deleteIfExists(file);
            }
            try (Stream<Path> all = Files.walk(file)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
            return true;
        } catch (IOException e) {
            throw failure("remove", file, e);
        }
    }

    /** Removes what processes that died had not renamed in a folder yet. Nobody may write there meanwhile. */
    public void sweep(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        run("list", folder, () -> {
            try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, TEMPORARY + "*")) {
                for (Path file : unfinished) {
                    delete(file);
                }
            }
        });
    }

    private void syncFolder(Path folder) throws IOException {
        faults.before("fsync-folder", folder);
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no folder above " + path);
        }
        return parent;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void run(String what, Path path, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw failure(what, path, e);
        }
    }

    /** {@return the exception for a failure of the disk: what was tried, the path, the reason} */
    public static WherryException failure(String what, Path path, IOException e) {
        WherryException full = FullDisk.of(what, path, e).orElse(null);
        if (full != null) {
            return full;
        }
        Kind kind = e instanceof NoSuchFileException
                ? Kind.NOT_FOUND
                : e instanceof FileAlreadyExistsException ? Kind.ALREADY_EXISTS : Kind.UNAVAILABLE;
        String reason = e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
        return new WherryException(kind, "Cannot " + what + " `" + path + "`: " + reason + ".", e);
    }
}
