package io.wherry.runtime.pilot;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.oci.LinuxConfig;
import io.wherry.oci.RuntimeConfig;

/**
 * Which ids there are in an ordinary user's container (OCI runtime-spec, config-linux "User namespace mappings"): those that the caller has subordinate ids for, or one alone, the
 * caller's, under the number that the configuration maps it to, or 0. Immutable.
 *
 * @param single whether there is one and nobody else
 * @param uid the caller's number inside
 * @param gid the number of the caller's group inside
 */
public record InsideIds(boolean single, int uid, int gid) {

    /** {@return the ids; of no meaning for system root} */
    public static InsideIds of(RuntimeConfig config, HostFacts facts) {
        LinuxConfig linux = config.linux();
        if (!linux.uidMappings().isEmpty() && !linux.gidMappings().isEmpty()) {
            return new InsideIds(true, (int) linux.uidMappings().getFirst().containerId(), (int)
                    linux.gidMappings().getFirst().containerId());
        }
        return new InsideIds(facts.privilege() instanceof Privilege.Single, 0, 0);
    }
}
