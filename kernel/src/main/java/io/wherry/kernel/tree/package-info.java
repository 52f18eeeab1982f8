/**
 * Makes files below a root that nobody trusts, by a stream of typed operations to a pilot whose root that tree is
 * (docs/trees.md).
 *
 * <p>Vocabulary. A <em>tree</em> is a folder with all below it. A {@link io.wherry.kernel.tree.TreeTarget} says which,
 * and in which form; {@link io.wherry.kernel.tree.TreePilots} starts a pilot on it and gives a
 * {@link io.wherry.kernel.tree.TreeSession}: two pipes. {@link io.wherry.kernel.tree.TreeWriter} is the sink of
 * operations that builders of trees use; {@link io.wherry.kernel.tree.TreeStream} encodes it onto a session.
 *
 * <p>Paths are <em>byte strings</em>: names of files are bytes, not text, so a path is a {@code String} of chars 0 to
 * 255, one a byte ({@link io.wherry.kernel.tree.BytePath} converts). They are relative to the root, {@code a/b}, without
 * {@code .}, {@code ..}, empty parts or a slash at either end; the root itself is {@code ""}. Who reads an archive brings
 * its names into this form; the stream refuses any other.
 *
 * <pre>{@code
 * try (TreeSession session = pilots.open(TreeTarget.folder(tree))) {
 *     TreeStream out = new TreeStream(session, TreeStream.Parents.MAKE, spill);
 *     out.folder("etc", new Attributes(0755, 0, 0, 0, 0), List.of());
 *     out.file("etc/hostname", new Attributes(0644, 0, 0, 0, 0), List.of(), 4, false);
 *     out.data(bytes, 0, 4);
 *     out.endFile();
 *     out.finish();
 * }
 * }</pre>
 */
@NullMarked
package io.wherry.kernel.tree;

import org.jspecify.annotations.NullMarked;
