package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk that can be full: ext4 in a file, mounted in a mount namespace of its own, which programs enter by {@link #inside}. For root. Closing it ends the namespace
 * with all its mounts; whoever still runs in it keeps it.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path point;
    private final Process holder;

    /**
     * Makes and mounts the disk.
     *
     * @param folder an empty folder for the image and the mount point
     */
    public SmallDisk(Path folder, int mebibytes) {
        this(folder, mebibytes, List.of());
    }

    /** {@return the same with so few inodes that they can be used up} */
    public static SmallDisk ofInodes(Path folder, int mebibytes, int inodes) {
        return new SmallDisk(folder, mebibytes, List.of("-N", Integer.toString(inodes)));
    }

    private SmallDisk(Path folder, int mebibytes, List<String> options) {
        this(made(folder.resolve("disk.img"), mebibytes, options), folder.resolve("disk"), "loop");
    }

    /** A disk that is made already, on a mount point that is there or made now. */
    private SmallDisk(Path image, Path point, String options) {
        this.point = point;
        try {
            Files.createDirectories(point);
            holder = Command.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", """
                            mount -o %s %s %s
                            echo mounted
                            exec cat >/dev/null
                            """.formatted(
                                    options, image, point))
                    .start();
            if (holder.inputReader().readLine() == null) {
                throw new AssertionError("no disk: " + holder.errorReader().readLine());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return an image with an empty ext4, which the kernel will not go on to initialize} */
    public static Path made(Path image, int mebibytes, List<String> options) {
        Command.requireTool("mkfs.ext4", "e2fsprogs");
        Command.of("truncate", "-s", mebibytes + "M", image.toString()).check();
        List<String> make = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-m", "0"));
        make.addAll(options);
        make.add(image.toString());
        Command.of(make).check();
        return image;
    }

    /** {@return an image with an empty btrfs; no two copies of it can be mounted at once, since the kernel knows them by the same id} */
    public static Path madeBtrfs(Path image, int mebibytes) {
        Command.requireTool("mkfs.btrfs", "btrfs-progs");
        Command.of("truncate", "-s", mebibytes + "M", image.toString()).check();
        Command.of("mkfs.btrfs", "-q", "-f", image.toString()).check();
        return image;
    }

    /** {@return the disk of an image, mounted} */
    public static SmallDisk mounted(Path image, Path point, String options) {
        return new SmallDisk(image, point, options);
    }

    /** {@return the mount point, as programs inside see it} */
    public Path point() {
        return point;
    }

    /** {@return the same folder as the test sees it} */
    public Path seen() {
        return Path.of("/proc/" + holder.pid() + "/root" + point);
    }

    /** {@return the command where the disk is mounted} */
    public Command inside(Command command) {
        return command.under("nsenter", "--mount", "--target", Long.toString(holder.pid()), "--");
    }

    /** Takes all the room there is, or all but some. */
    public void fill(long leave) {
        try {
            Path filler = seen().resolve("filler");
            long free = Files.getFileStore(seen()).getUsableSpace();
            if (free > leave) {
                Command.of("fallocate", "-l", Long.toString(free - leave), filler.toString())
                        .run(); // up to the end of the disk
            }
            if (leave == 0) { // what allocation in large pieces has left
                Command.of("dd", "if=/dev/zero", "of=" + seen().resolve("filler2"), "bs=1k")
                        .run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all inodes there are. */
    public void fillInodes() {
        Path folder = seen().resolve("inodes");
        try {
            Files.createDirectory(folder);
            for (int i = 0; ; i++) {
                Files.createFile(folder.resolve(Integer.toString(i)));
            }
        } catch (FileSystemException e) {
            if (!String.valueOf(e.getReason()).contains("space")) {
                throw new UncheckedIOException(e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives back what has been taken. */
    public void free() {
        Command.of("rm", "-rf", seen().resolve("inodes").toString()).check();
        try {
            Files.deleteIfExists(seen().resolve("filler"));
            Files.deleteIfExists(seen().resolve("filler2"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            holder.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
