package io.wherry.registry;

import java.util.List;

/** Knows which hosts answer for a registry. Must be safe for use by several threads. */
public interface HostSource {
    /** Knows of none: each registry answers for itself. */
    HostSource NONE = _ -> List.of();

    /**
     * {@return the hosts, in the order in which they are asked, the registry's own last; none if nothing is written down}
     *
     * @param registry as in a reference, such as {@code docker.io} or {@code localhost:5000}
     */
    List<RegistryHost> find(String registry);
}
