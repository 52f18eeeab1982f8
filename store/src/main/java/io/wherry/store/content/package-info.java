/**
 * Blobs by digest and images by name: a valid OCI image layout that other tools read.
 *
 * <pre>
 * content/oci-layout, index.json        index.json is made from images/, for other tools; we never read it
 * content/blobs/sha256/&lt;hex&gt;            whole and verified, or not there
 * content/ingest/sha256-&lt;hex&gt;           begun; goes on at its length, by this pull or the next
 * images/&lt;hash of the reference&gt;.json   the truth about names
 * </pre>
 *
 * @see "OCI image-spec v1.1, image-layout.md"
 */
@NullMarked
package io.wherry.store.content;

import org.jspecify.annotations.NullMarked;
