/**
 * Device rules for version 2 control groups, where no file takes them: compiled to the kernel's eBPF.
 *
 * <p>{@link io.wherry.kernel.devices.DeviceProgram} has the meaning of a list of rules and its code. A version 1 hierarchy needs nothing of this.
 */
@NullMarked
package io.wherry.kernel.devices;

import org.jspecify.annotations.NullMarked;
