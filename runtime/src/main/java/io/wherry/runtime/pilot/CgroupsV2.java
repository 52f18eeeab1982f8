package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AttachMount;
import io.wherry.kernel.step.EnableControllers;
import io.wherry.kernel.step.LimitDevices;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.NewFilesystem;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.CpuLimits;
import io.wherry.oci.MemoryLimits;
import io.wherry.oci.Resources;
import java.util.List;

/**
 * The version 2 tree alone. The process starts inside its group (CLONE_INTO_CGROUP), so there is nothing to wait for.
 */
final class CgroupsV2 extends Cgroups {
    /** Weight 100 of version 2 stands for 1,024 shares of version 1, as the OCI runtime specification's implementations convert it. */
    private static final long SHARES_MIN = 2;

    private static final long SHARES_RANGE = 262142;
    private static final long WEIGHT_RANGE = 9999;
    private static final long DEFAULT_PERIOD = 100_000; // microseconds; the kernel's own

    private final CgroupLayout layout;
    private final String path;

    CgroupsV2(String id, Resources resources, CgroupLayout layout) {
        super(id, resources);
        this.layout = layout;
        this.path = layout.unified().orElseThrow();
    }

    @Override
    public void make(Plan plan) {
        StringBuilder wanted = new StringBuilder();
        MemoryLimits limits = resources.memory();
        CpuLimits cpu = resources.cpu();
        boolean limitsMemory =
                limits.limit().isPresent() || limits.reservation().isPresent();
        boolean limitsTime = cpu.quota().isPresent() || cpu.period().isPresent();
        boolean limitsCpu = cpu.shares().isPresent() || limitsTime;
        boolean limitsSet = cpu.cpus().isPresent() || cpu.mems().isPresent();
        want(wanted, limitsMemory, "memory", "memory");
        want(wanted, limitsCpu, "cpu", "processor time");
        want(wanted, limitsSet, "cpuset", "processors");
        want(wanted, resources.pids().limit().isPresent(), "pids", "the number of processes");
        if (!wanted.isEmpty()) {
            plan.add(PILOT, new EnableControllers(path, PARENT, wanted.toString()));
        }
        unified = group(plan, path, "control group");
        if (!resources.devices().isEmpty()) {
            plan.add(PILOT, new LimitDevices(unified, resources.devices()));
        }
        memory(plan, limits);
        if (limitsMemory) {
            countOomKills(plan, unified, "memory.events");
        }
        if (cpu.shares().isPresent()) {
            long shares = Math.max(SHARES_MIN, cpu.shares().getAsLong());
            set(plan, unified, "cpu.weight", Long.toString(1 + (shares - SHARES_MIN) * WEIGHT_RANGE / SHARES_RANGE));
        }
        if (limitsTime) {
            set(
                    plan,
                    unified,
                    "cpu.max",
                    maximum(cpu.quota().orElse(-1)) + " " + cpu.period().orElse(DEFAULT_PERIOD));
        }
        cpu.cpus().ifPresent(list -> set(plan, unified, "cpuset.cpus", list));
        cpu.mems().ifPresent(list -> set(plan, unified, "cpuset.mems", list));
        if (resources.pids().limit().isPresent()) {
            set(plan, unified, "pids.max", maximum(resources.pids().limit().getAsLong()));
        }
    }

    @Override
    void find(Plan plan) {
        openUnified(plan, path);
    }

    private void memory(Plan plan, MemoryLimits limits) {
        if (limits.limit().isPresent()) {
            set(plan, unified, "memory.max", maximum(limits.limit().getAsLong()));
        }
        if (limits.swap().isPresent() && limits.limit().isPresent()) {
            long both = limits.swap().getAsLong();
            long swap = both < 0 ? -1 : both - limits.limit().getAsLong(); // version 2 counts swap apart from memory
            set(plan, unified, "memory.swap.max", maximum(swap));
        }
        if (limits.reservation().isPresent()) {
            set(plan, unified, "memory.low", maximum(limits.reservation().getAsLong()));
        }
    }

    private void want(StringBuilder wanted, boolean asked, String controller, String what) {
        if (!asked) {
            return;
        }
        if (!layout.unifiedHas(controller)) {
            throw cannot(what, controller);
        }
        wanted.append(wanted.isEmpty() ? "+" : " +").append(controller);
    }

    private static String maximum(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }

    @Override
    public Slot startIn() {
        return unified;
    }

    @Override
    public void mount(Plan plan, Slot root) {
        Slot mount = plan.slot("/sys/fs/cgroup");
        long attributes =
                Linux.MOUNT_ATTR_NOSUID | Linux.MOUNT_ATTR_NODEV | Linux.MOUNT_ATTR_NOEXEC | Linux.MOUNT_ATTR_RDONLY;
        plan.add(INSIDE, new NewFilesystem("cgroup2", List.of(), MountAttributes.of(attributes), mount));
        plan.add(INSIDE, new AttachMount(mount, root, "/sys/fs/cgroup", false, false));
    }

    @Override
    public void sweep(Plan plan, int strand) {
        sweep(plan, strand, path, true);
    }

    @Override
    boolean memoryIsUnified() {
        return true;
    }
}
