/**
 * Capabilities: the pieces that Linux cut the rights of root into.
 *
 * <p>A {@link io.wherry.kernel.caps.Capability} has the kernel's number and name; a {@link
 * io.wherry.kernel.caps.CapabilitySet} is a set of them as the 64-bit mask that the kernel itself uses, so adding,
 * removing and comparing are one machine instruction. A process has five such sets; {@link
 * io.wherry.kernel.caps.CapabilitySet#capsetData} encodes the three that {@code capset(2)} takes. The bounding and the
 * ambient set are changed one capability at a time with {@code prctl(2)}: iterate {@link
 * io.wherry.kernel.caps.CapabilitySet#numbers()}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
@NullMarked
package io.wherry.kernel.caps;

import org.jspecify.annotations.NullMarked;
