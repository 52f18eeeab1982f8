package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.MoveProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.Resources;
import io.wherry.oci.RuntimeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of a container that runs: what sets them, and who is to be taken into groups that are new to the container. Version 1 only has such groups; in version 2 all
 * processes are in the one group there is. Device rules stay as they are.
 */
public final class GroupLimits {
    private final String id;
    private final HostFacts facts;
    private final Resources resources;

    private GroupLimits(String id, HostFacts facts, Resources resources) {
        this.id = id;
        this.facts = facts;
        this.resources = resources;
    }

    /** {@return the limits that a configuration asks for} */
    public static GroupLimits of(RuntimeConfig config, String id, HostFacts facts) {
        return new GroupLimits(id, facts, config.linux().resources().withoutDevices());
    }

    /**
     * {@return what sets them and takes processes into all groups}
     *
     * @param pids those processes
     */
    public Plan plan(List<Long> pids) {
        Plan plan = new Plan();
        for (Slot group : limit(plan).groups()) {
            for (long pid : pids) {
                plan.add(PILOT, new MoveProcess(group, pid));
            }
        }
        return plan;
    }

    private Cgroups limit(Plan plan) {
        Cgroups cgroups = Cgroups.of(facts, id, resources);
        cgroups.make(plan);
        cgroups.makeOthers(plan);
        return cgroups;
    }

    /** {@return processes of the container that some group does not have yet; they may end, and fork, at any moment} */
    public List<Long> strangers() {
        List<List<Long>> members = new ArrayList<>();
        facts.cgroups().unified().ifPresent(path -> members.add(pids(path)));
        for (String path : limit(new Plan()).paths()) {
            members.add(pids(path));
        }
        List<Long> strangers = new ArrayList<>();
        for (List<Long> group : members) {
            for (Long pid : group) {
                if (!strangers.contains(pid) && members.stream().anyMatch(other -> !other.contains(pid))) {
                    strangers.add(pid);
                }
            }
        }
        return strangers;
    }

    private List<Long> pids(String hierarchy) {
        Path file = Path.of(hierarchy, Cgroups.PARENT, id, "cgroup.procs");
        List<Long> pids = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                pids.add(Long.parseLong(line));
            }
        } catch (IOException | NumberFormatException e) {
            return List.of(); // there is no such group, or not any more
        }
        return pids;
    }
}
