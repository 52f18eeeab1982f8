package io.wherry.store.unpack;

import io.wherry.kernel.tree.TreeWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The folders that a layer implies: it names something in them, and never the folder itself. What they are, a layer below knows; while that one is not at hand they are
 * made as {@link io.wherry.kernel.tree.Attributes#IMPLIED_FOLDER}, and remembered.
 *
 * <p>Bounded: what would need more room ends in {@link UnpackRetry}.
 */
final class ImpliedFolders {
    /** Hashes of folders; with more of them than this in a layer, one that is missed counts as known, and the pilot does not find it. */
    private static final int KNOWN = 1 << 18;

    private static final int ROOM = 4 << 20;
    private static final int ROOM_OF_ONE = 64;
    private static final int DEPTH = 96;
    private static final int LENGTH = 4000;

    private final TreeWriter out;
    private final PathSet links;
    private final PathSet known = new PathSet(KNOWN);
    private final LinkedHashSet<String> implied = new LinkedHashSet<>();
    private String last = "";
    private int room = ROOM;

    /** @param links the links that the layer has named; what lies behind one is left to the pilot, which follows it */
    ImpliedFolders(TreeWriter out, PathSet links) {
        this.out = out;
        this.links = links;
    }

    /** The layer names this folder. */
    void named(String folder) {
        known.add(folder);
        implied.remove(folder);
    }

    /** Makes the folders above an entry that the layer has not named. */
    void above(String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0 || (slash == last.length() && path.startsWith(last))) {
            return;
        }
        String folder = path.substring(0, slash);
        if (!known.has(folder) && !links.hasAbove(path)) {
            make(folder);
        }
        last = folder;
    }

    private void make(String folder) {
        int depth = 0;
        for (int end = folder.indexOf('/'); ; end = folder.indexOf('/', end + 1)) {
            String each = end < 0 ? folder : folder.substring(0, end);
            depth++;
            if (!known.has(each)) {
                room -= each.length() + ROOM_OF_ONE;
                if (depth > DEPTH || folder.length() > LENGTH || room < 0) {
                    throw new UnpackRetry(UnpackRetry.Reason.NEEDS_LAYERS_BELOW);
                }
                out.impliedFolder(each);
                known.add(each);
                implied.add(each);
            }
            if (end < 0) {
                return;
            }
        }
    }

    /** {@return them all, each behind those above it} */
    List<String> list() {
        return new ArrayList<>(implied);
    }
}
