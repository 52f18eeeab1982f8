/** Logs as the monitor, Docker and strangers write them, read from both ends while they are rotated. */
@NullMarked
package io.wherry.engine.log;

import org.jspecify.annotations.NullMarked;
