package io.wherry.runtime;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.util.Optional;

/**
 * What brings containers to life. A pure function of its inputs: {@code explain} and {@code run} get the same plan. Immutable, for several threads.
 *
 * <p>Whatever it is, a pilot stands beside the container, and what a pilot can do is the same for all: it starts the container, keeps its input, output and log, signals it, asks for its health,
 * tells its end, and cleans up by name from any state.
 */
public interface ContainerRuntime {

    /**
     * {@return the plan of a container}
     *
     * @param network how it gets onto a network; absent for none and for the host's
     * @throws WherryException of kind UNSUPPORTED or INVALID if the host cannot do what is asked, or nobody can
     */
    Plan compile(
            RuntimeConfig config, Rootfs rootfs, Placement place, Optional<NetworkAttachment> network, HostFacts facts);

    /**
     * {@return the plan of one more process in a container that runs}
     *
     * @param config the container's configuration, with the process to be executed in the place of its own
     */
    Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts);
}
