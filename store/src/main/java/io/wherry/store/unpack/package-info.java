/**
 * Turns one layer's archive into operations on a tree: names brought inside, whiteouts, links, ids, limits.
 *
 * <p>Decisions, the same for every driver:
 * <ul>
 *   <li>Names: absolute ones are taken inside the root, {@code .} and empty parts are dropped, {@code ..} is refused. An entry of the root may only change
 *       its metadata.
 *   <li>A parent that no entry describes is made 0755, root, 1970, unless a layer below has it: then it keeps its metadata, times included. A parent that is a link is
 *       followed inside the root. An entry that names a folder where a link or file was replaces it.
 *   <li>Whiteouts hide what the layers below have, never what their own layer has, whatever the order (image-spec: "only apply to resources in lower/parent layers").
 *       aufs' own files, {@code .wh..wh.*}, are ignored.
 *   <li>Of the same name twice the last counts. A hard link's target must be there already; a link is not followed.
 *   <li>{@code user.overlay.*} and {@code trusted.overlay.*} are dropped: overlayfs takes orders from them. The character device 0:0 is refused: it is a whiteout to overlayfs.
 *       Other xattrs and devices that the kernel refuses are left out and listed once.
 * </ul>
 *
 * @see "OCI image-spec v1.1, layer.md"
 */
@NullMarked
package io.wherry.store.unpack;

import org.jspecify.annotations.NullMarked;
