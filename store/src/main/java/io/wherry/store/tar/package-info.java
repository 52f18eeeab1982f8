/**
 * Reads and writes tar archives as bytes. Read are ustar, pax (names, times, ids, xattrs, sparse 0.0, 0.1, 1.0), GNU (long names, sparse, base-256); written are ustar
 * and pax, equal bytes for equal entries.
 *
 * <p>An archive is hostile: each length in a header is capped before anything is allocated for it, checksums are strict, and whatever two readers might take for
 * different things is refused rather than guessed. Names stay bytes (see {@link io.wherry.kernel.tree}); nothing here knows of layers.
 *
 * @see "POSIX.1-2017, pax, Extended Description"
 * @see "GNU tar manual, Basic Tar Format and Storing Sparse Files"
 */
@NullMarked
package io.wherry.store.tar;

import org.jspecify.annotations.NullMarked;
