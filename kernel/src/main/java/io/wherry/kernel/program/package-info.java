/**
 * The kernel program: flat instructions in strands, the assembler that writes them and the printer that reads them back.
 *
 * <p>A <em>program</em> has up to eight <em>strands</em>, one per process role, and a block of <em>data</em> that operands point into.
 * An <em>instruction</em> is one system call from a closed table, or one of a few operations that need more than a call. Every instruction
 * has a <em>policy</em> that says which errors it tolerates; there is no other control flow, so every program ends and every point of it can be
 * listed, killed, failed and stepped. The format is the contract with the pilot: {@code docs/program.md}.
 *
 * <p>Numbers of operations, calls and errors are generated from {@code kernel/tables/}.
 */
@NullMarked
package io.wherry.kernel.program;

import org.jspecify.annotations.NullMarked;
