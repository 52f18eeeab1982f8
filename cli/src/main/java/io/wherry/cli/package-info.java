@NullMarked
package io.wherry.cli;

import org.jspecify.annotations.NullMarked;
