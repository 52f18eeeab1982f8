package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.runtime.Promise;
import io.wherry.runtime.RuntimeKind;
import java.util.List;
import java.util.function.Predicate;

/** Which promise of a runtime each option needs; what a kind does not promise is refused by the option's name, before anything is made. Stateless. */
final class RuntimeDemands {
    private static final List<Demand> ALL = List.of(
            new Demand("--group-add", Promise.GROUPS, spec -> !spec.groups().isEmpty()),
            new Demand("--user", Promise.USER, spec -> spec.user().isPresent()),
            new Demand("--cap-add", Promise.CAPABILITIES, spec -> !spec.capAdd().isEmpty()),
            new Demand(
                    "--cap-drop", Promise.CAPABILITIES, spec -> !spec.capDrop().isEmpty()),
            new Demand(
                    "--security-opt seccomp",
                    Promise.SECCOMP,
                    spec -> spec.seccomp().isPresent()),
            new Demand("--privileged", Promise.PRIVILEGED, ContainerSpec::privileged),
            new Demand("--read-only", Promise.READ_ONLY, ContainerSpec::readOnly),
            new Demand("--volume", Promise.MOUNTS, spec -> !spec.mounts().isEmpty()),
            new Demand("--device", Promise.DEVICES, spec -> !spec.devices().isEmpty()),
            new Demand(
                    "--device with a selector",
                    Promise.HOTPLUG,
                    spec -> spec.devices().stream().anyMatch(DeviceSelector::is)),
            new Demand(
                    "--network",
                    Promise.NETWORK,
                    spec -> spec.network().isPresent() && !spec.network().get().equals("host")),
            new Demand(
                    "--pid host",
                    Promise.HOST_NAMESPACES,
                    spec -> host(spec.pid().orElse(""))),
            new Demand(
                    "--ipc host",
                    Promise.HOST_NAMESPACES,
                    spec -> host(spec.ipc().orElse(""))),
            new Demand(
                    "--uts host",
                    Promise.HOST_NAMESPACES,
                    spec -> host(spec.uts().orElse(""))),
            new Demand("--hostname", Promise.HOSTNAME, spec -> spec.hostname().isPresent()),
            new Demand(
                    "--domainname",
                    Promise.DOMAINNAME,
                    spec -> spec.domainname().isPresent()),
            new Demand("--sysctl", Promise.SYSCTL, spec -> !spec.sysctls().isEmpty()),
            new Demand("--ulimit", Promise.ULIMIT, spec -> !spec.ulimits().isEmpty()),
            new Demand("--init", Promise.INIT, ContainerSpec::init),
            new Demand("--memory", Promise.LIMITS, spec -> spec.memory() != 0),
            new Demand("--cpus", Promise.LIMITS, spec -> spec.cpuQuota() != 0),
            new Demand("--tty", Promise.TERMINAL, ContainerSpec::terminal),
            sharing("io.containerd.runc.v2.group"),
            sharing("io.kubernetes.cri.sandbox-id"),
            new Demand(
                    "--health-cmd", Promise.HEALTH, spec -> spec.healthcheck().isPresent()));

    private RuntimeDemands() {}

    /** An option that needs a promise. */
    private record Demand(String option, Promise promise, Predicate<ContainerSpec> asked) {}

    /** What puts several containers into one shim: the shim of runc does so for whichever of these is there. */
    private static Demand sharing(String annotation) {
        return new Demand(
                "--annotation " + annotation,
                Promise.SHARING,
                spec -> spec.annotations().containsKey(annotation));
    }

    private static boolean host(String mode) {
        return mode.equals("host");
    }

    /**
     * Refuses what a kind of runtime does not promise.
     *
     * @throws WherryException of kind UNSUPPORTED
     */
    static void check(ContainerSpec spec, String name, RuntimeKind kind) {
        if (kind == RuntimeKind.NATIVE) {
            return;
        }
        if (spec.oneId() && kind != RuntimeKind.BWRAP) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The runtime `" + name
                            + "` cannot run a folder with a config.json: its user would not be the caller.",
                    "The native runtime and bwrap can: give `--runtime native`.");
        }
        for (MountSpec mount : spec.mounts()) {
            String what = beyondBinds(mount);
            if (!what.isEmpty()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The runtime `" + name + "` cannot mount " + what + " at " + mount.target()
                                + ": it is given paths and no mounts.",
                        "The native runtime can: give `--runtime native`.");
            }
        }
        for (Demand demand : ALL) {
            if (!kind.keeps(demand.promise) && demand.asked.test(spec)) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The runtime `" + name + "` cannot do `" + demand.option + "`: " + kind.note(demand.promise)
                                + ".",
                        "`wherry runtimes --promises` shows which can.");
            }
        }
    }

    /** {@return what of a mount a path alone cannot say: a tool would follow a link out of a volume, for instance; empty for nothing} */
    private static String beyondBinds(MountSpec mount) {
        if (mount.type() == MountSpec.Type.IMAGE) {
            return "an image";
        }
        if (OwnerMapping.isAsked(mount)) {
            return "something with other owners (`idmap`)";
        }
        return mount.value("subpath").isPresent() ? "a part of a volume" : "";
    }

    /**
     * Refuses what is asked of a container that is there.
     *
     * @throws WherryException of kind UNSUPPORTED
     */
    static void check(Promise promise, String name, RuntimeKind kind) {
        if (!kind.keeps(promise)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The runtime `" + name + "` cannot do that, " + promise.text() + ": " + kind.note(promise) + ".");
        }
    }
}
