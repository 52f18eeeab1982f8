package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A disk with btrfs: an image file, mounted in the test's own mount namespace. For root. Closing it unmounts it, which fails the test if somebody still uses it. */
public final class BtrfsDisk implements AutoCloseable {
    private final Path point;

    /**
     * Makes and mounts the disk, which anybody may write to.
     *
     * @param folder an empty folder for the image and the mount point
     * @param options of mount, such as {@code user_subvol_rm_allowed}; may be empty
     */
    public BtrfsDisk(Path folder, String options) {
        Command.requireTool("mkfs.btrfs", "btrfs-progs");
        Path image = folder.resolve("disk.img");
        try {
            point = Files.createDirectory(folder.resolve("disk"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.of("truncate", "-s", "4G", image.toString()).check();
        Command.of("mkfs.btrfs", "-q", image.toString()).check();
        Command.of("mount", "-o", options.isEmpty() ? "loop" : "loop," + options, image.toString(), point.toString())
                .check();
        Command.of("chmod", "1777", point.toString()).check();
    }

    /** {@return the mount point} */
    public Path point() {
        return point;
    }

    /** {@return the paths of all subvolumes but the uppermost, as the disk sees them} */
    public List<String> subvolumes() {
        return Command.of("btrfs", "subvolume", "list", point.toString())
                .check()
                .out()
                .lines()
                .map(line -> line.substring(line.indexOf(" path ") + 6))
                .sorted()
                .toList();
    }

    /** A prover of the last image may still be at work. */
    @Override
    public void close() {
        String tries = "for i in $(seq 50); do umount \"$0\" 2>&1 && exit; sleep 0.2; done; exit 1";
        Command.of("sh", "-c", tries, point.toString()).check();
    }
}
