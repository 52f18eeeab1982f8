package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AttachMount;
import io.wherry.kernel.step.JoinCgroup;
import io.wherry.kernel.step.LimitDevices;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.NewFilesystem;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SetCgroupFile;
import io.wherry.kernel.step.SetMountAttributes;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.CpuLimits;
import io.wherry.oci.DeviceRule;
import io.wherry.oci.MemoryLimits;
import io.wherry.oci.Resources;
import java.util.ArrayList;
import java.util.List;

/**
 * Version 1 hierarchies, and the version 2 tree beside them where there is one (a hybrid host).
 *
 * <p>Only hierarchies that carry a limit are used, and devices and pids, which always do. On a hybrid host a group in the version 2 tree is made too: it has no
 * controllers there, but it can kill and freeze.
 */
final class CgroupsV1 extends Cgroups {
    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "cpuset", "pids", "devices");

    private final HostFacts facts;
    private final List<CgroupLayout.Hierarchy> used = new ArrayList<>();
    private final List<Slot> groups = new ArrayList<>();
    private final List<Slot> hierarchies = new ArrayList<>();

    CgroupsV1(String id, Resources resources, HostFacts facts) {
        super(id, resources);
        this.facts = facts;
    }

    @Override
    public void make(Plan plan) {
        facts.cgroups().unified().ifPresent(path -> unified = group(plan, path, "unified group"));
        if (!resources.devices().isEmpty() && !hasDevices()) {
            plan.add(PILOT, new LimitDevices(unified, resources.devices()));
        }
    }

    @Override
    void find(Plan plan) {
        facts.cgroups().unified().ifPresent(path -> openUnified(plan, path));
        recall();
    }

    @Override
    void recall() {
        makeOthers(new Plan()); // which ones there are follows from the limits; these steps are not taken
    }

    private boolean hasDevices() {
        return facts.cgroups().hierarchy("devices").isPresent();
    }

    @Override
    public void makeOthers(Plan plan) {
        MemoryLimits limits = resources.memory();
        if (limits.limit().isPresent()
                || limits.reservation().isPresent()
                || limits.swap().isPresent()) {
            Slot group = use(plan, "memory", "memory");
            memory(plan, group, limits);
            countOomKills(plan, group, "memory.oom_control");
        }
        CpuLimits cpu = resources.cpu();
        if (cpu.shares().isPresent() || cpu.quota().isPresent() || cpu.period().isPresent()) {
            Slot group = use(plan, "cpu", "processor time");
            if (cpu.shares().isPresent()) {
                set(plan, group, "cpu.shares", Long.toString(cpu.shares().getAsLong()));
            }
            if (cpu.period().isPresent()) {
                set(plan, group, "cpu.cfs_period_us", Long.toString(cpu.period().getAsLong()));
            }
            if (cpu.quota().isPresent()) {
                set(plan, group, "cpu.cfs_quota_us", Long.toString(cpu.quota().getAsLong()));
            }
        }
        if (cpu.cpus().isPresent() || cpu.mems().isPresent()) {
            Slot group = use(plan, "cpuset", "processors");
            // Both must be set before a process may join, in our parent group too.
            set(plan, group, "../cpuset.cpus", facts.cpuset());
            set(plan, group, "../cpuset.mems", facts.memset());
            set(plan, group, "cpuset.cpus", cpu.cpus().orElse(facts.cpuset()));
            set(plan, group, "cpuset.mems", cpu.mems().orElse(facts.memset()));
        }
        if (resources.pids().limit().isPresent()) {
            Slot group = use(plan, "pids", "the number of processes");
            long limit = resources.pids().limit().getAsLong();
            set(plan, group, "pids.max", limit < 0 ? "max" : Long.toString(limit));
        }
        if (!resources.devices().isEmpty() && hasDevices()) {
            devices(plan, use(plan, "devices", "devices"));
        }
    }

    private static void memory(Plan plan, Slot group, String file, long value) {
        set(plan, group, file, Long.toString(value));
    }

    private static void memory(Plan plan, Slot group, MemoryLimits limits) {
        if (limits.swap().isPresent()) {
            // Never below the other: where both grow, this one must grow first; where both shrink it must wait.
            plan.add(
                    PILOT,
                    new SetCgroupFile(
                            group,
                            "memory.memsw.limit_in_bytes",
                            Long.toString(limits.swap().getAsLong()),
                            Errno.EINVAL));
        }
        if (limits.limit().isPresent()) {
            memory(plan, group, "memory.limit_in_bytes", limits.limit().getAsLong());
        }
        if (limits.swap().isPresent()) {
            memory(plan, group, "memory.memsw.limit_in_bytes", limits.swap().getAsLong());
        }
        if (limits.reservation().isPresent()) {
            memory(
                    plan,
                    group,
                    "memory.soft_limit_in_bytes",
                    limits.reservation().getAsLong());
        }
    }

    private void devices(Plan plan, Slot group) {
        for (DeviceRule rule : resources.devices()) {
            String file = rule.allow() ? "devices.allow" : "devices.deny";
            String words = rule.words();
            if (words.equals("a *:* rwm")) {
                set(plan, group, file, "a");
            } else if (words.startsWith("a ")) {
                // of a rule for all types the kernel would read nothing but the type
                set(plan, group, file, "b" + words.substring(1));
                set(plan, group, file, "c" + words.substring(1));
            } else {
                set(plan, group, file, words);
            }
        }
    }

    private Slot use(Plan plan, String controller, String what) {
        CgroupLayout.Hierarchy hierarchy =
                facts.cgroups().hierarchy(controller).orElseThrow(() -> cannot(what, controller));
        int known = indexOf(hierarchy.path());
        if (known >= 0) {
            return groups.get(known);
        }
        Slot group = group(plan, hierarchy.path(), controller + " group");
        used.add(hierarchy);
        groups.add(group);
        return group;
    }

    @Override
    public Slot changingDevices() {
        return resources.devices().isEmpty() || !hasDevices()
                ? super.changingDevices()
                : use(new Plan(), "devices", "devices"); // made already
    }

    @Override
    List<Slot> groups() {
        return groups;
    }

    @Override
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (CgroupLayout.Hierarchy hierarchy : used) {
            paths.add(hierarchy.path());
        }
        return paths;
    }

    private int indexOf(String path) {
        for (int i = 0; i < used.size(); i++) {
            if (used.get(i).path().equals(path)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void prepareToJoin(Plan plan, int strand) {
        for (CgroupLayout.Hierarchy hierarchy : used) {
            Slot folder = plan.slot(hierarchy.controllers() + " hierarchy");
            plan.add(strand, new OpenFolder(hierarchy.path(), folder));
            hierarchies.add(folder);
        }
    }

    @Override
    public void join(Plan plan, int strand) {
        for (Slot hierarchy : hierarchies) {
            plan.add(strand, new JoinCgroup(hierarchy, PARENT + "/" + id));
        }
    }

    @Override
    public Slot startIn() {
        return unified;
    }

    @Override
    public void mount(Plan plan, Slot root) {
        Slot folder = plan.slot("/sys/fs/cgroup");
        long attributes = Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NODEV | Linux.MOUNT_ATTR_NOEXEC;
        plan.add(INSIDE, new NewFilesystem("tmpfs", List.of("mode=0755"), MountAttributes.of(attributes), folder));
        plan.add(INSIDE, new AttachMount(folder, root, "/sys/fs/cgroup", false, false));
        for (CgroupLayout.Hierarchy hierarchy : used) {
            Slot mount = plan.slot(hierarchy.controllers() + " hierarchy");
            plan.add(
                    INSIDE,
                    new NewFilesystem(
                            "cgroup",
                            List.of(hierarchy.controllers().split(",")),
                            MountAttributes.of(attributes | Linux.MOUNT_ATTR_RDONLY),
                            mount));
            plan.add(INSIDE, new AttachMount(mount, folder, hierarchy.controllers(), false, false));
        }
        plan.add(
                INSIDE,
                new SetMountAttributes(folder, MountAttributes.of(attributes | Linux.MOUNT_ATTR_RDONLY), false));
    }

    @Override
    public void sweep(Plan plan, int strand) {
        facts.cgroups().unified().ifPresent(path -> sweep(plan, strand, path, true));
        List<String> swept = new ArrayList<>();
        for (String controller : CONTROLLERS) { // all, since limits may be set while it runs
            String path = facts.cgroups()
                    .hierarchy(controller)
                    .map(CgroupLayout.Hierarchy::path)
                    .orElse("");
            if (!path.isEmpty() && !swept.contains(path)) {
                swept.add(path);
                sweep(plan, strand, path, false);
            }
        }
    }

    @Override
    boolean memoryIsUnified() {
        return false;
    }
}
