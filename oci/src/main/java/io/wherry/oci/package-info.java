/**
 * The names and documents of the Open Container Initiative: the words that all floors above share. No effects, no
 * files but {@code /proc/cpuinfo}, no network.
 *
 * <ul>
 *   <li>An {@link io.wherry.oci.ImageReference reference} is a name that a person wrote: registry, repository, tag,
 *       digest.
 *   <li>A {@link io.wherry.oci.Digest digest} names bytes. It is a type of its own: whatever becomes part of a path or
 *       URL has gone through its parser.
 *   <li>A {@link io.wherry.oci.Descriptor descriptor} points at bytes: media type, digest, size.
 *   <li>An {@link io.wherry.oci.Index index} lists images, each for a {@link io.wherry.oci.Platform platform}; a
 *       {@link io.wherry.oci.Manifest manifest} is one image: its {@link io.wherry.oci.ImageConfig configuration} and
 *       layers. {@link io.wherry.oci.PlatformPreference} chooses.
 *   <li>{@link io.wherry.oci.ExecutionDefaults} is how an image wants to be run.
 *   <li>A {@link io.wherry.oci.RuntimeConfig runtime configuration} is how one container is run; engine and user make
 *       it out of the former.
 * </ul>
 *
 * <p>Rules for every document: the bytes are bounded and strict JSON ({@link io.wherry.oci.json}); where a digest
 * counts, the raw bytes travel with the parsed view; unknown members survive a round trip (a record's {@code extra});
 * null is absent, as Go's tools write and read it; a wrong member is named by its path from the root.
 *
 * <p>Everything here is immutable and safe for use by several threads, but builders, readers and writers.
 */
@NullMarked
package io.wherry.oci;

import org.jspecify.annotations.NullMarked;
