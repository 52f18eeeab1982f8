package io.wherry.store.unpack;

import io.wherry.kernel.tree.BytePath;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;

/**
 * What an entry's name says about the layers below.
 *
 * @param path the entry that is gone, or the folder that is opaque
 * @see "OCI image-spec v1.1, layer.md, Whiteouts"
 */
record Whiteout(Meaning meaning, String path) {
    private static final String PREFIX = ".wh.";
    private static final String AUFS = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    /** What a name means. */
    enum Meaning {
        ENTRY,
        HIDES,
        OPAQUE,
        IGNORED
    }

    static Whiteout of(String path) {
        if (!path.startsWith(PREFIX) && !path.contains("/" + PREFIX)) {
            return new Whiteout(Meaning.ENTRY, path);
        }
        String name = EntryPath.name(path);
        String parent = EntryPath.parent(path);
        if (parent.startsWith(PREFIX) || parent.contains("/" + PREFIX)) {
            if (parent.startsWith(AUFS) || parent.contains("/" + AUFS)) {
                return new Whiteout(Meaning.IGNORED, path);
            }
            throw refused(path, "lies in a folder whose name is that of a whiteout");
        }
        if (!name.startsWith(PREFIX)) {
            return new Whiteout(Meaning.ENTRY, path);
        }
        if (name.equals(OPAQUE)) {
            return new Whiteout(Meaning.OPAQUE, parent);
        }
        if (name.startsWith(AUFS)) {
            return new Whiteout(Meaning.IGNORED, path);
        }
        String hidden = name.substring(PREFIX.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw refused(path, "is a whiteout of no entry");
        }
        return new Whiteout(Meaning.HIDES, parent.isEmpty() ? hidden : parent + "/" + hidden);
    }

    private static WherryException refused(String path, String problem) {
        return new WherryException(Kind.INVALID, "The layer's entry `" + BytePath.show(path) + "` " + problem + ".");
    }
}
