/**
 * Tests of the engine on the real kernel: the {@linkplain io.wherry.engine.HostedLauncher launcher and pilot} are the built binary, and only the JVM that it would
 * start is replaced by the test. {@link io.wherry.engine.Remains} says what a container may not leave behind.
 */
@NullMarked
package io.wherry.engine;

import org.jspecify.annotations.NullMarked;
