package io.wherry.engine;

import io.wherry.network.Lease;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.RuntimeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known of a container.
 *
 * @param container how it stands
 * @param folder absolute path of its files
 * @param config what it runs by; absent if its file is damaged
 * @param image what its image says about running it; empty if that is not here any more
 * @param executions ids of the processes that were executed in it and still run
 * @param lease its address on the bridge, if it has one
 * @param mountpoints absolute paths of its volumes, by their names
 */
public record ContainerDetails(
        Container container,
        Path folder,
        Optional<RuntimeConfig> config,
        ExecutionDefaults image,
        List<String> executions,
        Optional<Lease> lease,
        Map<String, Path> mountpoints) {}
