/**
 * The words of {@code run}, {@code create} and {@code explain run}.
 *
 * <p>{@link io.wherry.cli.run.RunOptions} is the table, {@link io.wherry.cli.run.RunWords} the fields it fills; the small
 * classes beside them read one option's own syntax: mounts, devices, limits, environment files.
 */
@NullMarked
package io.wherry.cli.run;

import org.jspecify.annotations.NullMarked;
