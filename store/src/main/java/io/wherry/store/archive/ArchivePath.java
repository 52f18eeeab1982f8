package io.wherry.store.archive;

import io.wherry.kernel.tree.BytePath;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.util.ArrayList;
import java.util.List;

/** Names of files within an archive, without detours; bytes, as {@link BytePath} has them. Stateless. */
final class ArchivePath {
    /** Longest name, in bytes: far longer than any that an archive of images needs. */
    static final int LONGEST = 1024;

    private ArchivePath() {}

    /** {@return the name without detours, empty for the root itself} One that is absolute, leads out or is too long is {@code CORRUPT}. */
    static String of(String name) {
        return from(List.of(), name, name);
    }

    /** {@return what a symbolic link of this name stands for} */
    static String linked(String link, String target) {
        int slash = link.lastIndexOf('/');
        List<String> folder =
                slash < 0 ? List.of() : List.of(link.substring(0, slash).split("/", -1));
        return from(folder, target, link);
    }

    private static String from(List<String> folder, String path, String name) {
        if (path.length() > LONGEST) {
            throw refused(name, "has a name of " + path.length() + " bytes; at most " + LONGEST + " are accepted");
        }
        if (path.startsWith("/")) {
            throw refused(name, "is, or leads to, an absolute path");
        }
        List<String> parts = new ArrayList<>(folder);
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                if (parts.isEmpty()) {
                    throw refused(name, "leads out of it");
                }
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return String.join("/", parts);
    }

    private static WherryException refused(String name, String problem) {
        return new WherryException(
                Kind.CORRUPT, "The archive is refused: its `" + BytePath.show(name) + "` " + problem + ".");
    }
}
