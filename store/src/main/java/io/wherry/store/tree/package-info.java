/**
 * Trees as archives: what is read of a tree, written as members of a tar archive. What is out of a layer's or a container's folder is {@link io.wherry.store.layer}'s business; how trees are read,
 * {@link io.wherry.kernel.tree}'s.
 */
@NullMarked
package io.wherry.store.tree;

import org.jspecify.annotations.NullMarked;
