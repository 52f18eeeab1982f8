package io.wherry.runtime.pilot;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.AnchorMount;
import io.wherry.kernel.step.CloneTree;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.MountOverlay;
import io.wherry.kernel.step.NewFilesystem;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReleaseAnchor;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import java.util.ArrayList;
import java.util.List;

/** Makes the mount of a container's root, attached nowhere yet. Stateless. */
public final class RootMount {
    private RootMount() {}

    /** Adds the steps to a strand in a mount namespace of its own; they fill the slot. */
    public static void add(Plan plan, int strand, Rootfs rootfs, HostFacts facts, Slot root) {
        if (rootfs instanceof Rootfs.Overlay overlay) {
            overlay(plan, strand, overlay, facts, root);
        } else if (rootfs instanceof Rootfs.Throwaway throwaway) {
            Slot memory = plan.slot("writable layer in memory");
            plan.add(strand, new NewFilesystem("tmpfs", List.of("mode=0700"), MountAttributes.NONE, memory));
            plan.add(strand, new AnchorMount(memory));
            plan.add(strand, new MakeFolder(memory, "upper", 0755, plan.slot("upper")));
            plan.add(strand, new MakeFolder(memory, "work", 0755, plan.slot("work")));
            String path = "/proc/self/fd/" + memory.number();
            Rootfs.Overlay overlay = new Rootfs.Overlay(
                    List.of(throwaway.lower()), path + "/upper", path + "/work", true, throwaway.userAttributes());
            overlay(plan, strand, overlay, facts, root);
            plan.add(strand, new ReleaseAnchor(memory));
        } else if (rootfs instanceof Rootfs.Folder folder) {
            plan.add(strand, new CloneTree(folder.path(), true, root));
        }
    }

    private static void overlay(Plan plan, int strand, Rootfs.Overlay overlay, HostFacts facts, Slot root) {
        List<String> flags = new ArrayList<>();
        if (overlay.temporary()) {
            flags.add("volatile");
        }
        if (overlay.userAttributes()) {
            flags.add("userxattr");
        }
        List<Slot> opened = MountOverlay.slots(
                plan, overlay.lowers().size(), facts.features().overlayOneByOne());
        plan.add(strand, new MountOverlay(overlay.lowers(), overlay.upper(), overlay.work(), flags, opened, root));
    }
}
