package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What is mounted where this process is, as the kernel lists it (proc_pid_mountinfo(5)). Stateless. */
final class HostMounts {
    private static final Path LIST = Path.of("/proc/self/mountinfo");
    private static final int DEVICE = 2;
    private static final int POINT = 4;
    private static final int ATTRIBUTES = 5;
    private static final int OPTIONAL = 6;

    private HostMounts() {}

    /**
     * One mount.
     *
     * @param device the filesystem's number, as {@code 0:42}; each overlay has one of its own
     * @param point where it is attached, absolute
     * @param readOnly whether nothing can be written through it
     * @param type of the filesystem
     * @param options the filesystem's own
     */
    record HostMount(String device, String point, boolean readOnly, String type, List<String> options) {}

    /** {@return all mounts in the order in which they were attached, so that of two at one place the later one is seen} */
    static List<HostMount> list() {
        List<HostMount> mounts = new ArrayList<>();
        try {
            for (String line : new String(Files.readAllBytes(LIST), StandardCharsets.UTF_8).split("\n")) {
                mounts.add(parse(line));
            }
        } catch (IOException e) {
            throw StateFile.failed("read", LIST, e);
        }
        return mounts;
    }

    /** {@return the mount that is seen at a place} */
    static HostMount at(String point) {
        HostMount seen = null;
        for (HostMount mount : list()) {
            seen = mount.point().equals(point) ? mount : seen;
        }
        if (seen == null) {
            throw new WherryException(WherryException.Kind.FAILED_PRECONDITION, "Nothing is mounted at " + point + ".");
        }
        return seen;
    }

    /** {@return the mount that a path is in} What of the path is not there yet does not count. The JVM's own look-up fails in a subvolume of btrfs. */
    static HostMount around(Path path) {
        Path place = path.toAbsolutePath();
        while (!Files.exists(place)) {
            place = Objects.requireNonNull(place.getParent(), "a root is there");
        }
        try {
            place = place.toRealPath();
        } catch (IOException e) {
            throw StateFile.failed("find", place, e);
        }
        List<HostMount> mounts = list();
        HostMount found = mounts.getFirst();
        int longest = -1;
        for (HostMount mount : mounts) {
            Path point = Path.of(mount.point());
            if (place.startsWith(point) && point.getNameCount() >= longest) {
                longest = point.getNameCount();
                found = mount;
            }
        }
        return found;
    }

    static HostMount parse(String line) {
        String[] words = line.split(" ");
        int dash = OPTIONAL;
        while (!words[dash].equals("-")) {
            dash++;
        }
        List<String> options = new ArrayList<>();
        for (String option : words[dash + 3].split(",")) {
            options.add(plain(option));
        }
        boolean readOnly = words[ATTRIBUTES].startsWith("ro") || options.contains("ro");
        return new HostMount(words[DEVICE], plain(words[POINT]), readOnly, words[dash + 1], options);
    }

    /** The kernel writes blanks and its own signs as three octal digits. */
    private static String plain(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + 3 < bytes.length) {
                plain[length++] = (byte) Integer.parseInt(new String(bytes, i + 1, 3, StandardCharsets.US_ASCII), 8);
                i += 3;
            } else {
                plain[length++] = bytes[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }
}
