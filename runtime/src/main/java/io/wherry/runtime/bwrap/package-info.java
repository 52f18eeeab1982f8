/** Bubblewrap (bwrap(1)): an unprivileged sandbox by an established tool, told by arguments what the configuration says. */
@NullMarked
package io.wherry.runtime.bwrap;

import org.jspecify.annotations.NullMarked;
