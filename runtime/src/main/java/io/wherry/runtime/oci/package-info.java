/**
 * OCI runtimes as programs: runc, crun, and whatever has their command line. The pilot is their monitor, as conmon is elsewhere: it makes the bundle in the container's volatile folder,
 * executes the runtime in place, takes over the process that its pid file names, and with {@code --console-socket} the terminal.
 */
@NullMarked
package io.wherry.runtime.oci;

import org.jspecify.annotations.NullMarked;
