@NullMarked
package io.wherry.engine;

import org.jspecify.annotations.NullMarked;
