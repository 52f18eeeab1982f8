package io.wherry.kernel.tree;

import java.util.List;

/**
 * A sink of operations that make a tree. What an operation names replaces what was there, a folder with all below it; a folder that is named again stays and is
 * changed. Parents that are absent are made, if the writer was started so, as {@link Attributes#IMPLIED_FOLDER}; a parent that is a link is followed inside
 * the root.
 *
 * <p>Paths are byte strings in the form that the package describes; any other is {@code INVALID}. Errors of the pilot come as {@link TreeException}, possibly not before
 * a later operation or {@link #finish}: operations are buffered. After an exception the writer is of no use. Not safe for use by several threads.
 */
public interface TreeWriter {
    /** Makes a folder, or changes one. The path {@code ""} is the root. The time is set at the end. */
    void folder(String path, Attributes attributes, List<Xattr> xattrs);

    /**
     * Makes a folder that no archive describes, as {@link Attributes#IMPLIED_FOLDER}. It is the one operation that replaces nothing: what is there already is an error,
     * {@code EEXIST}.
     */
    void impliedFolder(String path);

    /**
     * Begins a regular file; then {@link #data} and {@link #hole} until {@code size} bytes are covered, then {@link #endFile}.
     *
     * @param sparse whether {@link #hole} will be called
     */
    void file(String path, Attributes attributes, List<Xattr> xattrs, long size, boolean sparse);

    /** The next bytes of the file; the array may be used again after the call. */
    void data(byte[] bytes, int offset, int length);

    /** The next {@code length} bytes of the file are zero and take no room. */
    void hole(long length);

    void endFile();

    /** Makes a link to {@code target}, 1 to 4,095 bytes taken as they are; the mode of the attributes is not used. */
    void symlink(String path, String target, Attributes attributes, List<Xattr> xattrs);

    /** A further name for an entry that is no folder. A link is not followed. */
    void link(String path, String existing);

    void fifo(String path, Attributes attributes, List<Xattr> xattrs);

    /** A device; the character device 0:0 is refused. For an ordinary user it is left out and counted. */
    void device(String path, boolean block, int major, int minor, Attributes attributes, List<Xattr> xattrs);

    /** The entry of the layers below is gone; nothing there is success. */
    void whiteout(String path);

    /** The folder shows nothing of the layers below. It must exist. */
    void opaque(String path);

    /** Removes an entry with all below it; nothing there is success. */
    void remove(String path);

    /** Sets the times of folders and ends the stream; returns when the pilot confirmed that all was done. */
    TreeTotals finish();
}
