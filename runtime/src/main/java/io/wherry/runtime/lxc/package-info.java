/**
 * LXC: a configuration that liblxc's own commands run, see and enter. An application's container is run by lxc-execute, below lxc's small init; one whose command is an init itself by
 * lxc-start.
 */
@NullMarked
package io.wherry.runtime.lxc;

import org.jspecify.annotations.NullMarked;
