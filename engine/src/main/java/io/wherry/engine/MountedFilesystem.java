package io.wherry.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which filesystem a path is on, as proc_pid_mountinfo(5) tells it: the JVM's own look-up fails in a subvolume of btrfs. Stateless. */
final class MountedFilesystem {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private MountedFilesystem() {}

    /** {@return the filesystem's type, such as {@code ext4}} What of the path is not there yet does not count. */
    static String of(Path path) {
        try {
            Path existing = path.toAbsolutePath();
            while (!Files.exists(existing)) {
                existing = existing.getParent();
            }
            return of(existing.toRealPath(), Files.readString(MOUNTS, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw StateFile.failed("read", MOUNTS, e);
        }
    }

    /** Of several mounts on one point the last is seen. */
    private static String of(Path path, String mounts) {
        String type = "an unknown filesystem";
        int longest = -1;
        for (String line : mounts.split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            int separator = line.indexOf(" - ");
            if (separator < 0 || fields.length < 5) {
                continue;
            }
            Path point = Path.of(unescaped(fields[4]));
            if (path.startsWith(point) && point.getNameCount() >= longest) {
                longest = point.getNameCount();
                type = line.substring(separator + 3, line.indexOf(' ', separator + 3));
            }
        }
        return type;
    }

    /** Blanks and the like are a backslash and three octal digits. */
    private static String unescaped(String field) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                out.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(field.charAt(i));
            }
        }
        return new String(out.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
