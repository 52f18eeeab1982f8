/**
 * Runtimes: how a configured container is brought to life. One contract, a package per kind.
 *
 * <p>A <em>runtime</em> compiles a {@link io.wherry.oci.RuntimeConfig}, a {@link io.wherry.runtime.Placement} and
 * {@linkplain io.wherry.kernel.host.HostFacts facts} of the host to a {@link io.wherry.kernel.step.Plan}. It has no effect, knows nothing of images,
 * storage or networks, and gets what they contribute as data.
 */
@NullMarked
package io.wherry.runtime;

import org.jspecify.annotations.NullMarked;
