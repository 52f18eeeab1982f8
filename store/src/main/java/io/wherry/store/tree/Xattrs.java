package io.wherry.store.tree;

import io.wherry.kernel.tree.Xattr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The extended attributes that belong to a tree: of {@code security.*}, where the host's security modules keep their labels, only capabilities. */
final class Xattrs {
    private static final String SECURITY = "security.";
    private static final String CAPABILITY = "security.capability";

    private Xattrs() {}

    static List<Xattr> kept(List<Xattr> xattrs) {
        if (xattrs.isEmpty()) {
            return xattrs;
        }
        List<Xattr> kept = new ArrayList<>(xattrs.size());
        for (Xattr xattr : xattrs) {
            if (!xattr.name().startsWith(SECURITY) || xattr.name().equals(CAPABILITY)) {
                kept.add(xattr);
            }
        }
        return kept;
    }

    static boolean same(List<Xattr> first, List<Xattr> second) {
        List<Xattr> a = kept(first);
        List<Xattr> b = kept(second);
        if (a.size() != b.size()) {
            return false;
        }
        for (Xattr xattr : a) {
            if (!has(b, xattr)) {
                return false;
            }
        }
        return true;
    }

    private static boolean has(List<Xattr> xattrs, Xattr wanted) {
        for (Xattr xattr : xattrs) {
            if (xattr.name().equals(wanted.name())) {
                return Arrays.equals(xattr.value(), wanted.value());
            }
        }
        return false;
    }
}
