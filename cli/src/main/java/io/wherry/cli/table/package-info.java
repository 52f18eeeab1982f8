/**
 * The command table, and what is made from it: parser, help, reference and completion.
 *
 * <p>A <em>word</em> is one string of the command line. A <em>command</em> ({@link io.wherry.cli.table.Command}) is a
 * {@link io.wherry.cli.table.Row row} (names, operands, one sentence), an {@link io.wherry.cli.table.OptionTable} and an
 * action. An <em>option</em> is one line of that table: spelling, value, help and the field that it fills. The words that
 * are neither the command nor options nor their values are <em>operands</em>. The fields live in a plain object of the
 * command's own, here called its <em>words</em>.
 *
 * <p>Spelling follows docker's: clusters of letters ({@code -it}), values attached or apart ({@code -eA=b},
 * {@code -e A=b}, {@code --env=A=b}), {@code --flag=false}, {@code --} to end the options. All wrong options of a line
 * are reported together.
 *
 * <p>This package is executed by every command before anything else happens, so it is plain: loops, string switches and
 * small classes; only the table of the invoked command is built.
 */
@NullMarked
package io.wherry.cli.table;

import org.jspecify.annotations.NullMarked;
