/**
 * What nobody refers to any more goes: blobs and layers of no image and no container, abandoned downloads, folders of dead processes.
 *
 * <p>Removal of an image takes its name away first, durably; then the rest, in any order, at any time, by anybody: a process that dies on the way leaves garbage, never a name
 * without its image. While a pull runs nothing is collected, since its blobs have no name yet, nor while a container is being made, since no
 * record says yet which layers it needs; the next collection does it.
 */
@NullMarked
package io.wherry.store.garbage;

import org.jspecify.annotations.NullMarked;
