package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.step.LimitSubvolume;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.WherryException;
import java.nio.file.Path;

/** How much a container may write to its root: what can be had, and setting it. Stateless. */
final class SizeLimit {
    private SizeLimit() {}

    /** Refuses what cannot be had, before anything is made. */
    static void check(ContainerSpec spec, ContainerRoot from, HostFacts facts) {
        if (spec.storageSize() == 0) {
            return;
        }
        if (!from.driver().equals("btrfs")) {
            throw refused(
                    from.image().isEmpty()
                            ? "a folder of the host is not the container's own"
                            : "the storage driver `" + from.driver() + "` has no limits, btrfs has",
                    from.image().isEmpty()
                            ? "Leave it out."
                            : "Use --storage-driver btrfs on a root on btrfs with quotas, or leave it out.");
        }
        if (!facts.root()) {
            throw refused("quotas of btrfs are for root to set", "Leave it out, or run as root.");
        }
    }

    /**
     * Limits a root that was just made.
     *
     * @param root a subvolume
     */
    static void set(Launcher launcher, Path root, long bytes) {
        Plan plan = new Plan();
        Slot slot = plan.slot("root");
        plan.add(Assembler.PILOT, new OpenFolder(root.toString(), slot));
        plan.add(Assembler.PILOT, new LimitSubvolume(slot, bytes));
        TaskResult result = launcher.task(plan.compile(0), Assembler.PILOT);
        if (!result.ok()) {
            int errno = result.failure().isPresent() ? result.failure().get().errno() : 0;
            throw errno == Errno.ENOTCONN.number()
                    ? refused(
                            "the btrfs of " + root + " has no quotas",
                            "Switch them on: `btrfs quota enable --simple` with its mount point (Linux 6.7), or without --simple.")
                    : refused("the kernel answers " + Errno.name(errno), "Leave it out.");
        }
    }

    private static WherryException refused(String why, String hint) {
        return new WherryException(
                WherryException.Kind.UNSUPPORTED, "`--storage-opt size` cannot be had: " + why + ".", hint);
    }
}
