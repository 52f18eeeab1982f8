/**
 * What people read: tables, sizes, ages, progress.
 *
 * <p>Results go to the output and can be piped; progress goes to the error stream. Text that comes from images and
 * registries is shown without control characters, so that no name can move the cursor or recolour the screen.
 */
@NullMarked
package io.wherry.cli.output;

import org.jspecify.annotations.NullMarked;
