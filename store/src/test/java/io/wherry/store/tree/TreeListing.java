package io.wherry.store.tree;

import io.wherry.oci.Digest;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A tree as lines to compare: type, mode, owner, links and the first name of the same file, device, time, size, digest or target, xattrs; by path. */
public final class TreeListing {
    private TreeListing() {}

    public static Map<String, String> of(Path root) throws IOException {
        Map<String, String> out = new TreeMap<>();
        Map<String, Path> paths = new HashMap<>(); // a name that is no UTF-8 leads back to its file only so
        Map<Object, String> first = new HashMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                return add(folder);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return add(file);
            }

            private FileVisitResult add(Path path) throws IOException {
                String name = "/" + root.relativize(path);
                out.put(name, describe(path));
                paths.put(name, path);
                return FileVisitResult.CONTINUE;
            }
        });
        for (Map.Entry<String, String> entry : out.entrySet()) { // in the order of names, whatever the disk's is
            Path path = paths.get(entry.getKey());
            Map<String, Object> a =
                    Files.readAttributes(path, "unix:nlink,ino,dev,isDirectory", LinkOption.NOFOLLOW_LINKS);
            if (!(boolean) a.get("isDirectory") && (int) a.get("nlink") > 1) {
                String name = first.computeIfAbsent(a.get("dev") + ":" + a.get("ino"), k -> entry.getKey());
                entry.setValue(entry.getValue() + " same as " + name);
            }
        }
        String path = "";
        for (String line : HostedPilots.run(
                        "getfattr", "-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names", root.toString())
                .split("\n")) {
            if (line.startsWith("# file: ")) {
                path = "/" + root.relativize(Path.of(line.substring(8)));
            } else if (!line.isBlank() && out.containsKey(path)) {
                String name = line;
                out.compute(path, (k, v) -> v + " " + name);
            }
        }
        return out;
    }

    private static String describe(Path path) throws IOException {
        Map<String, Object> a = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) a.get("mode");
        FileTime time = (FileTime) a.get("lastModifiedTime");
        boolean file = (mode & 0170000) == 0100000;
        boolean folder = (mode & 0170000) == 0040000;
        boolean link = (mode & 0170000) == 0120000;
        return Integer.toOctalString(mode) + " " + a.get("uid") + ":" + a.get("gid") + " " + time.toInstant()
                + (folder ? "" : " n" + a.get("nlink"))
                + (file
                        ? " " + a.get("size") + " "
                                + Digest.sha256(Files.readAllBytes(path)).shortHex()
                        : "")
                + (link ? " -> " + Files.readSymbolicLink(path) : "")
                + (file || folder || link ? "" : " dev " + a.get("rdev"));
    }
}
