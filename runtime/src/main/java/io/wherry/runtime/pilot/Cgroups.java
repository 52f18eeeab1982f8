package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.EmptyCgroup;
import io.wherry.kernel.step.MakeCgroup;
import io.wherry.kernel.step.OpenFile;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SetCgroupFile;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.Resources;
import io.wherry.oci.WherryException;
import java.util.List;

/**
 * The container's control groups, by the layout of the host (cgroups(7); OCI runtime-spec, config-linux "Control groups"). Which layout it is,
 * is decided in {@link #of} and nowhere else.
 *
 * <p>A process is born in its group of version 2. Those of version 1 are made and limited while it mounts, and it joins them itself. A limit whose controller the host does not have
 * is refused by name.
 */
public abstract sealed class Cgroups permits CgroupsV1, CgroupsV2, NoCgroups {
    /** The folder of ours in each hierarchy. */
    public static final String PARENT = "wherry";

    final String id;
    final Resources resources;
    Slot unified = Slot.NONE;
    private Slot oomKills = Slot.NONE;

    Cgroups(String id, Resources resources) {
        this.id = id;
        this.resources = resources;
    }

    public static Cgroups of(HostFacts facts, String id, Resources resources) {
        CgroupLayout layout = facts.cgroups();
        if (!layout.hierarchies().isEmpty()) {
            return new CgroupsV1(id, resources, facts);
        }
        if (layout.unified().isPresent()) {
            return new CgroupsV2(id, resources, layout);
        }
        return new NoCgroups(id, resources);
    }

    /** Makes the group that the process is born in, with its limits. */
    public abstract void make(Plan plan);

    /** Finds the groups of a container that runs, instead of {@link #make} and {@link #makeOthers}: for one more process in them. */
    void find(Plan plan) {
        // where there are any
    }

    /** Remembers which other groups there are, for {@link #prepareToJoin} and {@link #join}. */
    void recall() {
        // those of version 1
    }

    /** Makes the other groups, with their limits, while the process mounts. */
    public void makeOthers(Plan plan) {
        // those of version 1
    }

    /** {@return the other groups, once they are made} */
    List<Slot> groups() {
        return List.of(); // those of version 1
    }

    /** {@return the hierarchies of the other groups, in the same order} */
    List<String> paths() {
        return List.of(); // those of version 1
    }

    /** The process opens what it needs to join the others, while it can name it. */
    public void prepareToJoin(Plan plan, int strand) {
        // those of version 1
    }

    /** The process joins the others itself, late, so that what it mounts is not charged. */
    public void join(Plan plan, int strand) {
        // those of version 1
    }

    /** Mounts what the container may see of them; behind the new control group namespace. */
    public abstract void mount(Plan plan, Slot root);

    /** Kills and removes the groups, by name, in the sweep or between two starts. */
    public abstract void sweep(Plan plan, int strand);

    /** {@return the group to start the process in at once, or {@link Slot#NONE}} */
    public Slot startIn() {
        return Slot.NONE;
    }

    /** {@return the file that counts out-of-memory kills, or {@link Slot#NONE}} */
    public final Slot oomKills() {
        return oomKills;
    }

    /** Keeps the counter of out-of-memory kills open for the monitor. */
    final void countOomKills(Plan plan, Slot group, String file) {
        oomKills = plan.slot("kills for memory");
        plan.add(PILOT, new OpenFile(group, file, oomKills));
    }

    /** {@return the group in the version 2 tree, which can kill and freeze, or {@link Slot#NONE}} */
    public final Slot unified() {
        return unified;
    }

    /**
     * {@return the group whose rules of devices can be changed while it is used, once it is made; {@link Slot#NONE} where there are no rules}
     *
     * @throws WherryException of kind UNSUPPORTED where there are rules that cannot be changed
     */
    public Slot changingDevices() {
        if (resources.devices().isEmpty()) {
            return Slot.NONE;
        }
        throw new WherryException(
                WherryException.Kind.UNSUPPORTED,
                "Cannot follow devices that come and go: the rules of a version 2 control group stay as they were at the start.",
                "`wherry dev` has all devices of the host, and so has `--privileged` with a selector.");
    }

    /** {@return whether the memory group is of version 2} */
    abstract boolean memoryIsUnified();

    final Slot group(Plan plan, String hierarchy, String name) {
        Slot folder = plan.slot(name);
        plan.add(PILOT, new MakeCgroup(hierarchy, PARENT, id, folder));
        return folder;
    }

    /** Opens the group in the version 2 tree, which is there. */
    final void openUnified(Plan plan, String hierarchy) {
        unified = plan.slot("control group");
        plan.add(PILOT, new OpenFolder(hierarchy + "/" + PARENT + "/" + id, unified));
    }

    static void set(Plan plan, Slot group, String file, String value) {
        plan.add(PILOT, new SetCgroupFile(group, file, value));
    }

    final void sweep(Plan plan, int strand, String hierarchy, boolean isUnified) {
        plan.add(strand, new EmptyCgroup(hierarchy, PARENT, id, isUnified));
    }

    static WherryException cannot(String what, String controller) {
        return new WherryException(
                WherryException.Kind.UNSUPPORTED,
                "Cannot limit " + what + ": this host offers no control group with the controller `" + controller
                        + "` to this user.",
                "Run `wherry doctor` to see what can be limited here.");
    }
}
