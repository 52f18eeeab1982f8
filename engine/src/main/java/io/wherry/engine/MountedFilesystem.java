package io.wherry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Which filesystem a path is on, as proc_pid_mountinfo(5) tells it: the JVM's own look-up fails in a subvolume of btrfs. Stateless. */
final class MountedFilesystem {
    private MountedFilesystem() {}

    /** {@return the filesystem's type, such as {@code ext4}} What of the path is not there yet does not count. */
    static String of(Path path) {
        Path real = existing(path.toAbsolutePath());
        String type = "an unknown filesystem";
        int longest = -1;
        for (HostMounts.HostMount mount : HostMounts.list()) {
            Path point = Path.of(mount.point());
            if (real.startsWith(point) && point.getNameCount() >= longest) { // of several on one point the last is seen
                longest = point.getNameCount();
                type = mount.type();
            }
        }
        return type;
    }

    private static Path existing(Path path) {
        try {
            Path existing = path;
            while (!Files.exists(existing)) {
                existing = Objects.requireNonNull(existing.getParent(), "a root is there");
            }
            return existing.toRealPath();
        } catch (IOException e) {
            throw StateFile.failed("read", path, e);
        }
    }
}
