package io.wherry.kernel.tree;

import java.util.List;

/**
 * What a pilot made.
 *
 * @param entries that were made, implied folders included
 * @param bytes of file data that were written
 * @param refused operations that the kernel refused and that were allowed to be: device nodes and xattrs
 * @param notes the first of these, at most 64
 */
public record TreeTotals(long entries, long bytes, long refused, List<TreeReply> notes) {
    public TreeTotals {
        notes = List.copyOf(notes);
    }
}
