package io.wherry.cli.command;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import java.util.ArrayList;
import java.util.List;

/** Words the facts of a host: what works, what does not, and what would help. */
final class Doctor {
    /**
     * One line of {@code doctor}.
     *
     * @param remedy what to do about it; empty: nothing needs to be done
     */
    record Finding(String subject, boolean good, String text, String remedy) {}

    private Doctor() {}

    static List<Finding> findings(HostFacts facts) {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding("kernel", true, "Linux " + facts.kernel(), ""));
        Privilege privilege = facts.privilege();
        findings.add(
                privilege instanceof Privilege.Single single
                        ? new Finding("rights", false, rights(privilege), single.reason())
                        : new Finding("rights", true, rights(privilege), ""));
        findings.add(limits(facts.cgroups()));
        if (facts.root()) {
            findings.add(finding(
                    "devices",
                    facts.deviceRules(),
                    "control groups say which devices may be opened",
                    "nothing says which devices may be opened, so containers make no nodes and their roots show none",
                    "Use a kernel with CONFIG_CGROUP_BPF, as root with CAP_BPF and CAP_NET_ADMIN."));
        }
        findings.add(finding(
                "overlay",
                facts.features().overlay(),
                "layers are stacked by the kernel",
                "the kernel has no overlay filesystem, so layers are copied",
                "Load it as root: modprobe overlay"));
        findings.add(finding(
                "seccomp",
                facts.features().seccomp(),
                "system calls are filtered",
                "the kernel cannot filter system calls, so containers need `--security-opt seccomp=unconfined`",
                "Use a kernel with CONFIG_SECCOMP_FILTER."));
        return findings;
    }

    /**
     * Docker lets the kernel drop what is forwarded and not Docker's own, whatever our table accepts: a packet must pass every table. Whether the rule is there now only a
     * netlink dump would tell; that Docker has been at work, its bridge does.
     *
     * @param interfaces the text of {@code /proc/net/dev}
     */
    static Finding forwarding(String interfaces) {
        boolean docker = interfaces.contains("docker0:");
        return new Finding(
                "network",
                true,
                docker
                        ? "Docker is on this host, whose rules may drop the packets of our bridge"
                        : "no bridge of Docker's",
                docker
                        ? "If containers reach nothing, as root: iptables -I DOCKER-USER -i wh-+ -j ACCEPT; iptables -I DOCKER-USER -o wh-+ -j ACCEPT"
                        : "");
    }

    /** Which of the limits that people ask for can be had. */
    private static Finding limits(CgroupLayout layout) {
        List<String> missing = new ArrayList<>();
        for (String controller : List.of("memory", "cpu", "pids", "cpuset")) {
            if (!layout.unifiedHas(controller) && layout.hierarchy(controller).isEmpty()) {
                missing.add(controller);
            }
        }
        if (missing.isEmpty()) {
            return new Finding("cgroups", true, layout.kind() + ": memory, cpu, pids and cpuset can be limited", "");
        }
        return new Finding(
                "cgroups",
                false,
                layout.kind() + ": no limit for " + String.join(", ", missing),
                "A user gets them by delegation: as root, systemctl edit user@.service, Delegate=cpu cpuset memory pids");
    }

    private static Finding finding(String subject, boolean good, String yes, String no, String remedy) {
        return new Finding(subject, good, good ? yes : no, good ? "" : remedy);
    }

    static String rights(Privilege privilege) {
        if (privilege instanceof Privilege.Root) {
            return "root";
        }
        String user = "user " + privilege.uid();
        return privilege instanceof Privilege.Ranges ? user + " with subordinate ids" : user + " with a single id";
    }

    static String cgroups(CgroupLayout layout) {
        return layout.kind();
    }
}
