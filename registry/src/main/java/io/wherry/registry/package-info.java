@NullMarked
package io.wherry.registry;

import org.jspecify.annotations.NullMarked;
