package io.wherry.kernel.host;

import java.util.List;
import java.util.Optional;

/**
 * Which control group hierarchies this host has and the caller may use (cgroups(7)).
 *
 * @param hierarchies version 1 hierarchies; empty on a host with version 2 alone
 * @param unified the folder in the version 2 tree below which groups can be made, if any
 * @param unifiedControllers the controllers available there, space separated; empty on a hybrid host
 */
public record CgroupLayout(List<Hierarchy> hierarchies, Optional<String> unified, String unifiedControllers) {
    /** A host, or a user, without control groups. */
    public static final CgroupLayout NONE = new CgroupLayout(List.of(), Optional.empty(), "");

    public CgroupLayout {
        hierarchies = List.copyOf(hierarchies);
    }

    /**
     * A version 1 hierarchy.
     *
     * @param controllers comma separated, as mounted: {@code cpu,cpuacct}
     * @param path where it is mounted
     */
    public record Hierarchy(String controllers, String path) {}

    /** {@return the version 1 hierarchy with a controller} */
    public Optional<Hierarchy> hierarchy(String controller) {
        for (Hierarchy hierarchy : hierarchies) {
            for (String name : hierarchy.controllers.split(",")) {
                if (name.equals(controller)) {
                    return Optional.of(hierarchy);
                }
            }
        }
        return Optional.empty();
    }

    /** {@return whether a controller of the version 2 tree can be used} */
    public boolean unifiedHas(String controller) {
        return (" " + unifiedControllers + " ").contains(" " + controller + " ");
    }

    /** {@return a name for people: v1, hybrid, v2, none} */
    public String kind() {
        if (hierarchies.isEmpty()) {
            return unified.isPresent() ? "v2" : "none";
        }
        return unified.isPresent() ? "hybrid" : "v1";
    }
}
