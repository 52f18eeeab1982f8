@NullMarked
package io.wherry.runtime;

import org.jspecify.annotations.NullMarked;
