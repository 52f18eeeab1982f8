package io.wherry.kernel.host;

/**
 * What this host can do: the input of every compilation beside the configuration. Immutable.
 *
 * @param bootId identifies this boot: records of another one are void
 * @param kernel the release, as uname(2) gives it
 * @param major its first number
 * @param minor its second number
 * @param privilege with which rights the caller came
 * @param capabilities the caller's effective capabilities; bit n is capability n
 * @param lastCapability the highest capability that the kernel knows
 * @param cgroups the control group hierarchies
 * @param cpus how many processors the host may have
 * @param cpuset the processors of the root control group, as a list like {@code 0-1}
 * @param memset its memory nodes
 * @param overlay whether the kernel has the overlay filesystem
 * @param seccomp whether it has filters of system calls
 * @param nofile the hard limit of open files
 */
public record HostFacts(
        String bootId,
        String kernel,
        int major,
        int minor,
        Privilege privilege,
        long capabilities,
        int lastCapability,
        CgroupLayout cgroups,
        int cpus,
        String cpuset,
        String memset,
        boolean overlay,
        boolean seccomp,
        long nofile) {

    /** {@return whether the kernel is at least of this release} */
    public boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    /** {@return whether overlay layers can be given one by one} */
    public boolean overlayOneByOne() {
        return atLeast(6, 8);
    }

    /** {@return whether a pidfd gives out its network namespace} */
    public boolean networkNamespaceByPidfd() {
        return atLeast(6, 11);
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
