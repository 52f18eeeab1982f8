/**
 * Seccomp: which system calls a container may make, compiled to the kernel's classic BPF.
 *
 * <p>A {@link io.wherry.kernel.seccomp.Filter} says it by name: {@linkplain io.wherry.kernel.seccomp.Rule rules} with
 * {@linkplain io.wherry.kernel.seccomp.Condition conditions} on arguments, each with an {@linkplain
 * io.wherry.kernel.seccomp.Action action}, and an action for every other call. {@link
 * io.wherry.kernel.seccomp.DefaultProfile} makes the filter of a container that asked for nothing else. {@link
 * io.wherry.kernel.seccomp.FilterCompiler} turns a filter into {@code struct sock_filter} bytes, {@link
 * io.wherry.kernel.seccomp.FilterPrinter} turns bytes back into readable lines.
 *
 * <h2>The shape of the code</h2>
 *
 * <pre>{@code
 *   load architecture
 *   x86_64?  load number; x32 bit? ENOSYS; tree of x86_64
 *   i386?    load number;                  tree of i386
 *   kill the process
 * }</pre>
 *
 * <p>Numbers that follow each other and end alike are one <em>run</em>; the tree is a balanced binary search for the run
 * of a number, seven or eight comparisons for docker's 361 names. Installing a filter costs time by its length (the
 * kernel checks and translates each instruction), so equal returns are shared as far as jumps of eight bits reach. A
 * call with conditions ends in its own block, which loads arguments in halves of 32 bits.
 *
 * <h2>What a filter means</h2>
 *
 * <ul>
 *   <li>The first rule in the list's order that names a call and whose conditions all hold decides; without one, the
 *       default action. (runc drops rules whose action is the default one; here they win over later ones, as written.)
 *   <li>Conditions are about the full 64 bits that the caller put into the register. The kernel itself truncates many
 *       arguments: {@code socket(0x100000026, …)} is family 0x26. A rule about an {@code int} must therefore bound the
 *       value from above or mask the low half, which {@link io.wherry.kernel.seccomp.DefaultProfile} does.
 *   <li>A number above every number that the filter mentions on an architecture answers ENOSYS in place of a denying
 *       default: the author did not know this call, and programs have a fallback for ENOSYS but none for EPERM. runc
 *       does the same.
 *   <li>x32 calls (x86_64 with bit 30 of the number set) answer ENOSYS, as a kernel without x32 does, whatever the
 *       filter allows: a second set of numbers for the same calls is a way around any filter.
 *   <li>An architecture that the filter does not list kills the process.
 * </ul>
 *
 * <p>Not to be had by seccomp: on i386 {@code socketcall} takes its arguments from memory, so the families that {@code
 * socket} is denied remain open to 32-bit programs there; only a security module could close them.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/seccomp_filter.html">Seccomp BPF</a>
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config-linux.md#seccomp">OCI seccomp</a>
 */
@NullMarked
package io.wherry.kernel.seccomp;

import org.jspecify.annotations.NullMarked;
