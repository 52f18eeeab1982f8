/** The commands, one file each: its row, its options, its words, and one call of the engine. {@link io.wherry.cli.command.Commands} finds them. */
@NullMarked
package io.wherry.cli.command;

import org.jspecify.annotations.NullMarked;
