package io.wherry.engine;

import io.wherry.kernel.tree.BytePath;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A path of a copy, as docker reads one: a slash at its end says that it is a folder, {@code /.} that what is in the folder is meant.
 *
 * @param path below the root, a byte string without {@code .}, {@code ..} and empty parts; empty for the root
 * @param folder whether it must be a folder
 * @param contents whether what is in it is meant
 */
record CopyPath(String path, boolean folder, boolean contents) {
    /** {@return the path in these words, seen from the root} Parts {@code ..} are taken away before anything is looked up. */
    static CopyPath parse(String words) {
        String bytes = BytePath.of(words);
        boolean contents = bytes.equals(".") || bytes.endsWith("/.");
        Deque<String> parts = new ArrayDeque<>();
        for (String part : bytes.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        String path = String.join("/", parts);
        return new CopyPath(path, contents || bytes.endsWith("/") || path.isEmpty(), contents || path.isEmpty());
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return the path with a name behind it; the root's is empty} */
    static String below(String path, String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "/" + name;
    }
}
