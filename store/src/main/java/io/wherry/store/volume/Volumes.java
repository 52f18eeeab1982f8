package io.wherry.store.volume;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonException;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.layer.StoreSpace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The volumes below one folder. Who makes, fills or removes one has its {@link #lock} in hand. Safe for several threads and processes.
 */
public final class Volumes {
    private static final String RECORD = "volume.json";
    private static final String DATA = "data";

    /** What no container has had yet, so that files of an image may still be put into it. */
    private static final String FRESH = "fresh";

    private static final int MOST_BYTES = 1 << 20;

    private final StoreSpace space;
    private final Path folder;

    /**
     * Those below a folder.
     *
     * @param folder absolute, on the store's filesystem; need not be there yet
     */
    public Volumes(StoreSpace space, Path folder) {
        this.space = space;
        this.folder = folder;
    }

    /** Waits until nobody else makes, fills or removes the volume of that name. {@return the lock} */
    public FileLocks.Held lock(String name) {
        return space.locks().exclusive("volume-" + name);
    }

    /** {@return the folder that containers see, whether it is there or not} */
    public Path data(String name) {
        return of(name).resolve(DATA);
    }

    private Path of(String name) {
        return folder.resolve(Volume.checkName(name));
    }

    /** {@return whether it is there} */
    public boolean has(String name) {
        return Files.isDirectory(of(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@return what was asked of a volume, if it is there} */
    public Optional<Volume> find(String name) {
        Path record = of(name).resolve(RECORD);
        try (FileChannel in = FileChannel.open(record, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (in.size() > MOST_BYTES) {
                throw damaged(name, null);
            }
            byte[] bytes = java.nio.channels.Channels.newInputStream(in).readNBytes(MOST_BYTES);
            return Optional.of(Volume.parse(name, bytes));
        } catch (NoSuchFileException e) {
            if (has(name)) {
                throw damaged(name, e);
            }
            return Optional.empty();
        } catch (JsonException e) {
            throw damaged(name, e);
        } catch (IOException e) {
            throw Durable.failure("read", record, e);
        }
    }

    private WherryException damaged(String name, @org.jspecify.annotations.Nullable Exception cause) {
        return new WherryException(
                WherryException.Kind.CORRUPT,
                "The record " + of(name).resolve(RECORD) + " of the volume `" + name + "` is damaged.",
                "Its files are in " + data(name) + "; `wherry volume rm " + name + "` removes them.",
                cause);
    }

    /** {@return the names of all, sorted} */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return names;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (Volume.isName(name)) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw Durable.failure("list", folder, e);
        }
        names.sort(String::compareTo);
        return names;
    }

    /** Makes a volume that is not there: it is there by one rename, whole. Its files will be the caller's, who is root in its containers. */
    public void make(Volume volume) {
        StoreSpace.Temporary temporary = space.temporary();
        try (FileLocks.Held _ = temporary.lock()) {
            Path begun = temporary.folder().resolve("volume");
            Files.createDirectory(
                    begun, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            space.durable().replace(begun.resolve(RECORD), volume.bytes());
            Files.createFile(begun.resolve(FRESH));
            makeData(begun.resolve(DATA));
            space.durable().folders(folder);
            space.durable().publish(begun, of(volume.name()));
            Files.delete(temporary.folder());
        } catch (IOException e) {
            throw Durable.failure("make", of(volume.name()), e);
        }
    }

    private static void makeData(Path data) throws IOException {
        Files.createDirectory(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x")); // whatever the umask
    }

    /** {@return whether no container has had it yet} */
    public boolean isFresh(String name) {
        return Files.exists(of(name).resolve(FRESH), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Fills a volume that no container has had yet with what an image has at a path, owners and modes included. Nothing happens if it is not empty, or if that is no folder.
     *
     * @param root what the container's root is made of; a link in it leads to where it leads in there
     * @param target absolute path in it
     */
    public void fill(String name, RootfsMount root, String target) {
        new CopyUp(space, of(name), data(name)).run(root, target);
    }

    /** From now on a container may write to it. */
    public void use(String name) {
        try {
            Files.deleteIfExists(of(name).resolve(FRESH));
        } catch (IOException e) {
            throw Durable.failure("take into use", of(name), e);
        }
    }

    /** Moves a volume from here to where others are, so that it stays when this folder goes; who has it mounted keeps it. None here is success. */
    public void moveTo(Volumes others, String name) {
        if (has(name)) {
            space.durable().folders(others.folder);
            space.durable().publish(of(name), others.of(name));
        }
    }

    /** Takes it away by one rename, then deletes its files. None is success. */
    public void remove(String name) {
        if (!has(name)) {
            return;
        }
        Path trash = space.root().resolve("trash");
        space.durable().folders(trash);
        Path to = trash.resolve(Durable.temporaryName().substring(1));
        try {
            space.durable().publish(of(name), to);
        } catch (WherryException e) {
            if (!(e.getCause() instanceof IOException)) { // a full disk may refuse the renaming
                throw e;
            }
            to = of(name);
        }
        space.removeTree(to);
    }

    /** {@return bytes of all files in it, those of several names once; what the caller may not read is left out} */
    public long size(String name) {
        long[] bytes = {0};
        Set<Object> seen = new HashSet<>();
        try {
            Files.walkFileTree(data(name), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    boolean counts = attributes.isRegularFile() && seen.add(attributes.fileKey());
                    bytes[0] += counts ? attributes.size() : 0;
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw Durable.failure("measure", data(name), e);
        }
        return bytes[0];
    }
}
