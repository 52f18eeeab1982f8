/**
 * Archives of images, read and written: what {@code docker save} writes and has written since version 1.10 (docker-archive), and OCI image layouts, in a tar or as a folder.
 *
 * <p>An archive may come through a pipe, and what says which of its files make an image may be the last of them. So each file is first put beside the store, under what it hashes to
 * ({@link io.wherry.store.archive.StagedArchive}); then manifest.json or index.json is read, the blobs that it names are offered to the content store as downloads that have come to their end, and the rest is a
 * pull like any other: the same digests are checked, the same files made. Names in an archive never become names on the host.
 *
 * <p>A layer is kept as it came. Most archives hold plain tars: compressing them would cost more time than the rest of a load, and give a blob that nobody else has; so it is of the type
 * {@code …layer.v1.tar}, and its digest is its diff id. Layers in bzip2 or xz, which Docker took once and no media type says, are unpacked to that.
 *
 * @see "OCI image-spec v1.1, image-layout.md"
 * @see "Docker image-spec v1.2, Combined Image JSON + Filesystem Changeset Format"
 */
@NullMarked
package io.wherry.store.archive;

import org.jspecify.annotations.NullMarked;
