/** Tests of the program's rules, one by one. */
@NullMarked
package io.wherry.kernel.program;

import org.jspecify.annotations.NullMarked;
