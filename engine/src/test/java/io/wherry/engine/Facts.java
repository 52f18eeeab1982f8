package io.wherry.engine;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.Features;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.step.IdRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts of hosts that are not here, so that programs for them can be compiled and read. */
enum Facts {
    V1(new Privilege.Root(), v1(Optional.empty()), 5, 15),
    HYBRID(new Privilege.Root(), v1(Optional.of("/sys/fs/cgroup/unified")), 6, 1),
    V2(
            new Privilege.Root(),
            new CgroupLayout(List.of(), Optional.of("/sys/fs/cgroup"), "cpuset cpu io memory hugetlb pids"),
            6,
            12),
    USER_RANGES(
            new Privilege.Ranges(
                    1000,
                    1000,
                    List.of(new IdRange(0, 1000, 1), new IdRange(1, 100000, 65536)),
                    List.of(new IdRange(0, 1000, 1), new IdRange(1, 100000, 65536)),
                    "/usr/bin/newuidmap",
                    "/usr/bin/newgidmap"),
            new CgroupLayout(
                    List.of(),
                    Optional.of("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"),
                    "cpu memory pids"),
            6,
            12),
    USER_SINGLE(new Privilege.Single(1000, 1000, "newuidmap is not installed"), CgroupLayout.NONE, 6, 1);

    private final HostFacts facts;

    Facts(Privilege privilege, CgroupLayout cgroups, int major, int minor) {
        boolean root = privilege instanceof Privilege.Root;
        facts = new HostFacts(
                "6f4e1d3c-0000-4000-8000-5b8e2a7c9d10",
                major + "." + minor + ".0",
                privilege,
                root ? (1L << 41) - 1 : 0,
                40,
                cgroups,
                4,
                "0-3",
                "0",
                new Features(true, true, major == 6 && minor >= 8, major == 6 && minor >= 11, root),
                1 << 20);
    }

    HostFacts facts() {
        return facts;
    }

    /** {@return whether these are an ordinary user's} */
    boolean user() {
        return !facts.root();
    }

    private static CgroupLayout v1(Optional<String> unified) {
        List<CgroupLayout.Hierarchy> hierarchies = new ArrayList<>();
        for (String controllers : List.of("cpu,cpuacct", "cpuset", "memory", "devices", "freezer", "pids")) {
            hierarchies.add(new CgroupLayout.Hierarchy(controllers, "/sys/fs/cgroup/" + controllers));
        }
        return new CgroupLayout(hierarchies, unified, "");
    }
}
