@NullMarked
package io.wherry.testkit;

import org.jspecify.annotations.NullMarked;
