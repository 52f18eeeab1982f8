package io.wherry.kernel.tree;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which tree a session's pilot has for its root, and what whiteouts become.
 *
 * <p>The first two are a bind of {@code folder}; the third is an overlay mount (with {@code userxattr}); the last is either, read-only. All are mounted nosuid, nodev, noexec, in the user
 * namespace that owns the store.
 *
 * @param folder absolute; exists and is empty or is to be changed; for {@link Form#MERGED} the upper part
 * @param lowers for {@link Form#MERGED} and a {@link Form#VIEW} of several, absolute, the uppermost first; else empty
 * @param work for {@link Form#MERGED}, an empty folder on the filesystem of {@code folder}; else {@code folder}
 * @param beside a folder that is not below the root, absolute: the pilot has it in register 1, and no path leads into it
 */
public record TreeTarget(Form form, Path folder, List<Path> lowers, Path work, Optional<Path> beside) {
    /** What the layers below are to this tree. */
    public enum Form {
        /** They are in the tree already: whiteouts remove. */
        PLAIN,
        /** Apart: whiteouts are written in overlayfs' form, by the start flag {@code overlay}. */
        OVERLAY,
        /** Seen through an overlay mount, which turns removals into whiteouts by itself. */
        MERGED,
        /** To be read, and read-only: a folder, or several as overlayfs shows them over each other. */
        VIEW,
        /** A folder of the host with what is mounted below it, to be read, and read-only. */
        HOST,
        /** The same to be written to. */
        HOST_WRITTEN
    }

    public TreeTarget {
        lowers = List.copyOf(lowers);
        if (form != Form.VIEW && (form == Form.MERGED) == lowers.isEmpty()) {
            throw new IllegalArgumentException(form + " with " + lowers.size() + " lowers");
        }
    }

    public static TreeTarget plain(Path folder) {
        return new TreeTarget(Form.PLAIN, folder, List.of(), folder, Optional.empty());
    }

    public static TreeTarget overlay(Path folder) {
        return new TreeTarget(Form.OVERLAY, folder, List.of(), folder, Optional.empty());
    }

    public static TreeTarget merged(List<Path> lowers, Path upper, Path work) {
        return new TreeTarget(Form.MERGED, upper, lowers, work, Optional.empty());
    }

    /** {@return the same with a folder beside it} */
    public TreeTarget beside(Path other) {
        return new TreeTarget(form, folder, lowers, work, Optional.of(other));
    }

    /**
     * {@return what a container with these layers sees, without a trace of being looked at: nothing of a running one's own mount is touched}
     *
     * @param layers absolute, the uppermost first; not empty
     */
    public static TreeTarget view(List<Path> layers) {
        return new TreeTarget(
                Form.VIEW, layers.get(0), layers.size() == 1 ? List.of() : layers, layers.get(0), Optional.empty());
    }

    /** {@return a folder of the host as its user sees it, read-only} */
    public static TreeTarget host(Path folder) {
        return new TreeTarget(Form.HOST, folder, List.of(), folder, Optional.empty());
    }

    /** {@return a folder of the host as its user sees it, to be written to} */
    public static TreeTarget hostWritten(Path folder) {
        return new TreeTarget(Form.HOST_WRITTEN, folder, List.of(), folder, Optional.empty());
    }

    /** {@return whether the mounts below the folder belong to it} */
    boolean withMounts() {
        return form == Form.HOST || form == Form.HOST_WRITTEN;
    }

    /** {@return whether nothing can be written} */
    public boolean readOnly() {
        return form == Form.VIEW || form == Form.HOST;
    }

    /** {@return the flags of the instruction TREES} */
    public int flags() {
        return form == Form.OVERLAY ? 1 : 0;
    }
}
