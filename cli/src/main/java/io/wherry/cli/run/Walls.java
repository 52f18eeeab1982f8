package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.engine.ContainerSpec;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Nearest;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code --unshare} says: the namespaces that a container has of its own, each by its name (namespaces(7)); all others are the host's. It says the same as {@code --pid},
 * {@code --network} and their kin, for all of them at once, so what says otherwise is refused.
 */
final class Walls {
    private static final List<String> NAMES = List.of("mount", "pid", "net", "uts", "ipc", "cgroup", "user", "time");
    private static final String HOST = "host";
    private static final String PRIVATE = "private";

    private Walls() {}

    /** {@return the names of a list with commas between them} */
    static Set<String> parse(String text) throws BadValueException {
        Set<String> names = new LinkedHashSet<>();
        for (String name : text.split(",", -1)) {
            if (!NAMES.contains(name)) {
                String nearest = Nearest.of(name, NAMES);
                throw new BadValueException("takes names of namespaces (" + String.join(", ", NAMES) + "), not `" + name
                        + "`" + (nearest == null ? "." : "; did you mean `" + nearest + "`?"));
            }
            names.add(name);
        }
        return names;
    }

    /** Turns the names into what other options would say. {@return what does not fit together} */
    static List<String> raise(Set<String> names, boolean hostUsers, ContainerSpec.Builder spec) {
        List<String> problems = new ArrayList<>();
        if (!names.contains("mount")) {
            problems.add(
                    "Option `--unshare` needs `mount` among its names: a container has a root of its own, and without"
                            + " that namespace the host would get it too.");
        }
        if (hostUsers && names.contains("user")) {
            problems.add(clash("user", "userns", HOST));
        }
        if (!names.contains("uts") && spec.hostname.isPresent()) {
            problems.add(
                    "Option `--hostname` needs `uts` among the names of `--unshare`: the host name would be the host's.");
        }
        spec.pid = mode(names, "pid", "pid", spec.pid, problems);
        spec.uts = mode(names, "uts", "uts", spec.uts, problems);
        spec.ipc = mode(names, "ipc", "ipc", spec.ipc, problems);
        spec.cgroupns = mode(names, "cgroup", "cgroupns", spec.cgroupns, problems);
        spec.network = network(names.contains("net"), spec.network, problems);
        return problems;
    }

    private static Optional<String> mode(
            Set<String> names, String name, String option, Optional<String> asked, List<String> problems) {
        String wanted = names.contains(name) ? PRIVATE : HOST;
        if (asked.isPresent() && !asked.get().equals(wanted)) {
            problems.add(clash(name, option, asked.get()));
        }
        return Optional.of(wanted);
    }

    /** Which network there is in a namespace is another matter: none, if nothing is said. */
    private static Optional<String> network(boolean own, Optional<String> asked, List<String> problems) {
        if (asked.isPresent() && asked.get().equals(HOST) == own) {
            problems.add(clash("net", "network", asked.get()));
        }
        return asked.isPresent() ? asked : Optional.of(own ? "none" : HOST);
    }

    private static String clash(String name, String option, String value) {
        return "Options `--unshare` and `--" + option + " " + value + "` say opposite things of the namespace `" + name
                + "`; leave one out.";
    }

    /** Refuses what this host, or an ordinary user on it, cannot have. */
    static void check(Set<String> names, HostFacts facts) {
        if (names.contains("time")) {
            throw cannot("time", "nothing sets the clocks of a time namespace yet, so it would show the host's");
        }
        if (names.contains("user") && facts.root()) {
            throw cannot("user", "ids of root's containers are not mapped yet; an ordinary user's are");
        }
        if (!names.contains("user") && !facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Option `--unshare` needs `user` among its names: an ordinary user has the right to make the others only"
                            + " inside a user namespace.",
                    "");
        }
    }

    private static WherryException cannot(String name, String reason) {
        return new WherryException(
                WherryException.Kind.UNSUPPORTED,
                "Cannot give a container a " + name + " namespace of its own: " + reason + ".",
                "Leave `" + name + "` out of `--unshare`.");
    }
}
