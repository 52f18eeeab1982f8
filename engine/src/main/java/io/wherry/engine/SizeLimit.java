package io.wherry.engine;

import io.wherry.engine.HostMounts.HostMount;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.step.AssignProject;
import io.wherry.kernel.step.LimitProject;
import io.wherry.kernel.step.LimitSubvolume;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Placement;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How much a container may write to its root: what can be had, and setting it. Driver btrfs limits the container's subvolume once; driver overlay makes the container's folders a project, whose quota
 * its program has in force while it runs. Stateless.
 */
final class SizeLimit {
    /** Where the numbers of projects begin; there are {@code 1 << 30}, and people count theirs from 1. */
    private static final int PROJECTS = 1 << 31;

    /** What two empty folders take at most, in the filesystem's blocks: of a bigalloc ext4 a cluster each. */
    private static final long FOLDERS = 32;

    private SizeLimit() {}

    /** Refuses what cannot be had whatever the filesystem. */
    static void check(ContainerSpec spec, ContainerRoot from, HostFacts facts) {
        if (spec.storageSize() == 0) {
            return;
        }
        boolean overlay = from.rootfs() instanceof Rootfs.Overlay;
        if (!overlay && !from.driver().equals("btrfs")) {
            throw from.image().isEmpty()
                    ? refused("a folder of the host is not the container's own", "Leave it out.")
                    : refused(
                            "the storage driver `" + from.driver() + "` has no limits, overlay and btrfs have",
                            "Use another with --storage-driver, or leave it out.");
        }
        if (!facts.root()) {
            throw refused(
                    "quotas of " + (overlay ? "projects" : "btrfs") + " are for root to set",
                    "Leave it out, or run as root.");
        }
    }

    /** {@return the quota of a container whose root is an overlay; absent if none is asked} Its project is drawn with the id, so nobody has to keep it. */
    static Optional<Placement.Quota> quota(ContainerSpec spec, ContainerRoot from, ContainerId id) {
        return spec.storageSize() != 0 && from.rootfs() instanceof Rootfs.Overlay
                ? Optional.of(new Placement.Quota(
                        PROJECTS | Integer.parseUnsignedInt(id.text(), 0, 8, 16) >>> 2, spec.storageSize()))
                : Optional.empty();
    }

    /** Refuses a limit that the filesystem of the containers would not keep. Not for explanations, which are of any host. */
    static void require(ContainerSpec spec, ContainerRoot from, StateRoot root) {
        if (spec.storageSize() == 0 || !(from.rootfs() instanceof Rootfs.Overlay)) {
            return;
        }
        HostMount mount = HostMounts.around(root.containers());
        if (!mount.options().contains("prjquota")) {
            throw refused(
                    "the " + mount.type() + " at " + mount.point() + ", where " + root.containers()
                            + " is, has no quotas of projects: it is mounted with "
                            + String.join(",", mount.options()),
                    hint(mount.type()));
        }
    }

    private static String hint(String type) {
        return switch (type) {
            case "ext4" ->
                "Unmount it, switch them on with `tune2fs -O project,quota` and its device, and mount it with `-o prjquota`.";
            case "xfs" ->
                "Mount it with `-o prjquota`; a remount does not do, and for the root filesystem it is `rootflags=prjquota` on the kernel's command line.";
            case "btrfs" -> "The storage driver btrfs has limits there: use --storage-driver btrfs, or leave it out.";
            default -> "Use a --root on xfs or ext4, mounted with prjquota, or on btrfs; or leave it out.";
        };
    }

    /**
     * Makes what a container writes a project of its own.
     *
     * @param container a folder with {@code upper} and {@code work}, both empty
     */
    static void own(Launcher launcher, Path container, int project) {
        run(launcher, assignment(container, project), container);
        try {
            if (isTaken(launcher, container, project)) {
                throw refused(
                        "the project " + Integer.toUnsignedString(project) + " of " + Files.getFileStore(container)
                                + ", drawn for it, has a limit or files of somebody else",
                        "Try again: another container has another project.");
            }
        } catch (IOException e) {
            throw StateFile.failed("look at", container, e);
        }
    }

    /** {@return the plan that makes the two folders a project} */
    static Plan assignment(Path container, int project) {
        Plan plan = new Plan();
        for (String name : List.of("upper", "work")) {
            Slot slot = plan.slot(name);
            plan.add(Assembler.PILOT, new OpenFolder(container.resolve(name).toString(), slot));
            plan.add(Assembler.PILOT, new AssignProject(slot, project));
        }
        return plan;
    }

    /**
     * A folder of a project with a limit is shown by statfs(2) as if it were a disk of that size. So a limit of somebody else is seen at once, and files of somebody else under a soft limit, which for a
     * moment hinders nobody.
     */
    private static boolean isTaken(Launcher launcher, Path container, int project) throws IOException {
        Path upper = container.resolve("upper");
        long disk = Files.getFileStore(container).getTotalSpace();
        FileStore shown = Files.getFileStore(upper);
        if (shown.getTotalSpace() != disk) {
            return true;
        }
        long folders = FOLDERS * shown.getBlockSize();
        softLimit(launcher, upper, project, 2 * folders);
        try {
            return shown.getTotalSpace() - shown.getUnallocatedSpace() > folders;
        } finally {
            softLimit(launcher, upper, project, 0);
        }
    }

    private static void softLimit(Launcher launcher, Path folder, int project, long bytes) {
        Plan plan = new Plan();
        Slot slot = plan.slot("folder");
        plan.add(Assembler.PILOT, new OpenFolder(folder.toString(), slot));
        plan.add(Assembler.PILOT, new LimitProject(slot, project, bytes, 0));
        run(launcher, plan, folder);
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
        run(launcher, plan, root);
    }

    private static void run(Launcher launcher, Plan plan, Path folder) {
        TaskResult result = launcher.task(plan.compile(0), Assembler.PILOT);
        if (!result.ok()) {
            int errno = result.failure().isPresent() ? result.failure().get().errno() : 0;
            throw errno == Errno.ENOTCONN.number()
                    ? refused(
                            "the btrfs of " + folder + " has no quotas",
                            "Switch them on: `btrfs quota enable --simple` with its mount point (Linux 6.7), or without --simple.")
                    : refused("the kernel answers " + Errno.name(errno) + " for " + folder, "Leave it out.");
        }
    }

    private static WherryException refused(String why, String hint) {
        return new WherryException(
                WherryException.Kind.UNSUPPORTED, "`--storage-opt size` cannot be had: " + why + ".", hint);
    }
}
