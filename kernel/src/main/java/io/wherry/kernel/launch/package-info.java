/**
 * The door between Java and the pilot: programs go out, results come back (docs/launcher.md).
 *
 * <p>A <em>launcher</em> runs programs. To <em>launch</em> is final: the launcher takes the program over and this JVM is ended. A <em>task</em> is a
 * program that is run and waited for: a probe, a sweep, a removal. A <em>tree task</em> serves a stream of file operations
 * at the same time. {@link io.wherry.kernel.launch.ParentLauncher} is the launcher of the command, which is this JVM's parent;
 * {@link io.wherry.kernel.launch.ChildLauncher} that of a program which does other things too, and cannot be ended.
 */
@NullMarked
package io.wherry.kernel.launch;

import org.jspecify.annotations.NullMarked;
