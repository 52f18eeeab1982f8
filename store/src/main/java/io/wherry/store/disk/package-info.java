/**
 * How state reaches the disk: files and folders that are there whole or not at all, locks between processes, and the boot that a volatile note belongs to.
 */
@NullMarked
package io.wherry.store.disk;

import org.jspecify.annotations.NullMarked;
