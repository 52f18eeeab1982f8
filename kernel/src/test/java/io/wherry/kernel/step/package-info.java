/** Tests of steps. */
@NullMarked
package io.wherry.kernel.step;

import org.jspecify.annotations.NullMarked;
