package io.wherry.kernel.host;

/**
 * What this host can do: the input of every compilation beside the configuration. Immutable.
 *
 * @param bootId identifies this boot: records of another one are void
 * @param kernel the release, as uname(2) gives it
 * @param privilege with which rights the caller came
 * @param capabilities the caller's effective capabilities; bit n is capability n
 * @param lastCapability the highest capability that the kernel knows
 * @param cgroups the control group hierarchies
 * @param cpus how many processors the host may have
 * @param cpuset the processors of the root control group, as a list like {@code 0-1}
 * @param memset its memory nodes
 * @param features what the kernel can
 * @param nofile the hard limit of open files
 */
public record HostFacts(
        String bootId,
        String kernel,
        Privilege privilege,
        long capabilities,
        int lastCapability,
        CgroupLayout cgroups,
        int cpus,
        String cpuset,
        String memset,
        Features features,
        long nofile) {

    /** {@return whether control groups can say which devices may be opened: by a version 1 hierarchy, or by a program for a version 2 group} */
    public boolean deviceRules() {
        boolean byProgram = cgroups.unified().isPresent() && features.devicePrograms();
        return root() && (cgroups.hierarchy("devices").isPresent() || byProgram);
    }

    /** {@return whether the caller has a capability, by its number} */
    public boolean can(int capability) {
        return (capabilities & (1L << capability)) != 0;
    }

    /** {@return whether the caller is system root} */
    public boolean root() {
        return privilege instanceof Privilege.Root;
    }
}
