/**
 * The public Java API of Wherry: images and containers, on plain files.
 *
 * <p>A program opens a {@link io.wherry.engine.Wherry} (docs/library.md); what it shares with the command is an {@link io.wherry.engine.Engine}. That is opened on a <em>state root</em> and given a {@link io.wherry.kernel.launch.Launcher}; it has no static state,
 * installs no signal handler and never ends the JVM. A container is asked for by a {@link io.wherry.engine.ContainerSpec}; the engine compiles it to a runtime
 * configuration ({@code config.json}) and that to a kernel program, keeps all three in the container's folder, and hands the program to the launcher.
 * One class per use case stands behind the facade.
 *
 * <p>A container is <em>created</em> when its folder is in place, <em>running</em> while a monitor holds its lock, <em>exited</em> when an exit
 * record is there. Who finds an intent without a monitor sweeps first: that is all the recovery there is.
 */
@NullMarked
package io.wherry.engine;

import org.jspecify.annotations.NullMarked;
