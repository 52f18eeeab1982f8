package io.wherry.store.unpack;

import io.wherry.kernel.tree.BytePath;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;

/** Brings an archive's names into the form that trees have. */
public final class EntryPath {
    private EntryPath() {}

    /** {@return the path without empty parts and {@code .}; {@code ""} for the root; a part {@code ..} is refused} */
    public static String inside(String raw) {
        if (isClean(raw)) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length());
        int length = raw.length();
        for (int start = 0; start < length; ) {
            int end = raw.indexOf('/', start);
            end = end < 0 ? length : end;
            int part = end - start;
            boolean dot = part == 1 && raw.charAt(start) == '.';
            if (part == 2 && raw.charAt(start) == '.' && raw.charAt(start + 1) == '.') {
                throw new WherryException(
                        Kind.INVALID,
                        "The archive has the entry `" + BytePath.show(raw) + "`, whose path climbs with `..`.");
            }
            if (part > 0 && !dot) {
                if (!out.isEmpty()) {
                    out.append('/');
                }
                out.append(raw, start, end);
            }
            start = end + 1;
        }
        return out.toString();
    }

    /** Most names are: no part that begins with a dot, no slash at an end or twice. */
    private static boolean isClean(String raw) {
        char before = '/';
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (before == '/' && (c == '/' || c == '.')) {
                return false;
            }
            before = c;
        }
        return before != '/';
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
