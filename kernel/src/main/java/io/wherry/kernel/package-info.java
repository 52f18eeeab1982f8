@NullMarked
package io.wherry.kernel;

import org.jspecify.annotations.NullMarked;
