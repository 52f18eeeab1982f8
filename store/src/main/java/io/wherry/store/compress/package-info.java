/**
 * Unpacks compressed archives: gzip, bzip2, xz, zstd, or none, told apart by the first bytes. Bounded: windows are capped, and a stream never yields more than its policy allows.
 */
@NullMarked
package io.wherry.store.compress;

import org.jspecify.annotations.NullMarked;
