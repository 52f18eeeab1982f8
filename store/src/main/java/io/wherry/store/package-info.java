@NullMarked
package io.wherry.store;

import org.jspecify.annotations.NullMarked;
