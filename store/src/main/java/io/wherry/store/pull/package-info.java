/**
 * Brings an image into the store: download, hash, decompress, hash again, write the blob and the files, all in one pass; then verify, publish, name.
 *
 * <p>A layer's bytes go through two threads: the first reads the source, hashes what is compressed, writes the blob and decompresses; the second hashes what is uncompressed, parses, and tells the
 * pilot what to make. Blocks of 256 KiB between them, 4 MiB at most.
 *
 * <p>Killed at any moment, this leaves: finished blobs, begun downloads that go on at their length, folders in {@code tmp/} that {@code StoreSpace.sweep} removes. No name of an image before all its blobs and layers are there.
 */
@NullMarked
package io.wherry.store.pull;

import org.jspecify.annotations.NullMarked;
