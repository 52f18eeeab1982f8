/**
 * What all kinds of runtime share: the pilot's part of a container's life, its control groups, its input and output, one more process in it, its health check, and the strand that executes a
 * tool of the host.
 */
@NullMarked
package io.wherry.runtime.pilot;

import org.jspecify.annotations.NullMarked;
