/**
 * The command line: {@code wherry COMMAND [OPTIONS] OPERANDS}.
 *
 * <p>This floor is an edge. It reads words, calls the engine once, prints what comes back, and turns failures into
 * sentences and exit codes; it decides nothing about containers and images.
 *
 * <ul>
 *   <li>{@link io.wherry.cli.table} the command table: one row per command, one row per option, and what is made of them:
 *       parser, help, reference, completion
 *   <li>{@link io.wherry.cli.command} the commands, one file each, and the switch that finds them
 *   <li>{@link io.wherry.cli.run} the words of {@code run}
 *   <li>{@link io.wherry.cli.session} what a command finds around it: streams, environment, terminal, engine
 *   <li>{@link io.wherry.cli.format} Go templates for {@code --format}
 *   <li>{@link io.wherry.cli.output} tables, sizes, ages, progress
 * </ul>
 *
 * <p>To add an option: one row in its command's table. To add a command: one file, one case in
 * {@link io.wherry.cli.command.Commands}.
 */
@NullMarked
package io.wherry.cli;

import org.jspecify.annotations.NullMarked;
