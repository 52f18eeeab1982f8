@NullMarked
package io.wherry.network;

import org.jspecify.annotations.NullMarked;
