/**
 * The native runtime: a container as a kernel program, with everything that the OCI runtime specification asks for on Linux.
 *
 * <p>{@link io.wherry.runtime.native_.NativeRuntime} lists the steps of the pilot (strand 0), of the first process (strand 1), of the removal (6) and of the sweep
 * (7). The order of steps is the order of the kernel's own rules; each class that adds steps says why they are where they are.
 */
@NullMarked
package io.wherry.runtime.native_;

import org.jspecify.annotations.NullMarked;
