/**
 * Typed steps: what a container's start consists of, in the field's own words. {@code explain} prints them; lowering turns each into instructions.
 *
 * <p>A <em>step</em> is one record in one file: what it does, why it is where it is, {@link io.wherry.kernel.step.Step#lower how} it becomes
 * instructions and {@link io.wherry.kernel.step.Step#describe how} it reads. A {@link io.wherry.kernel.step.Slot} is a descriptor with a name: steps hand
 * descriptors to each other by slots, so that nothing is looked up by path twice. A {@link io.wherry.kernel.step.Plan} is the list of
 * steps of each strand, in order; it compiles to a program.
 */
@NullMarked
package io.wherry.kernel.step;

import org.jspecify.annotations.NullMarked;
