package io.wherry.runtime.oci;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.Plan;
import io.wherry.oci.LinuxConfig;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.Root;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.RuntimeConfigBuilder;
import io.wherry.oci.Seccomp;
import io.wherry.oci.User;
import io.wherry.runtime.pilot.Identity;
import io.wherry.runtime.pilot.SeccompTranslation;
import io.wherry.runtime.pilot.ToolStrand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration as another runtime is to read it (OCI runtime-spec, "Filesystem Bundle"): the same container, with what Wherry keeps short spelled out, and without what is in place
 * when the runtime begins: the network namespace, a user's user namespace. Stateless.
 */
public final class OciBundle {
    private static final String OURS = "io.wherry.";
    /** What every runtime in use understands; crun 1.8 refuses a later one, and nothing newer is said. */
    private static final String VERSION = "1.0.2";

    private OciBundle() {}

    /**
     * {@return the configuration of the bundle}
     *
     * @param rootfs absolute path of the mounted root
     */
    public static RuntimeConfig of(RuntimeConfig config, String rootfs, HostFacts facts) {
        RuntimeConfigBuilder out = RuntimeConfig.builder()
                .ociVersion(VERSION)
                .process(process(config))
                .root(new Root(rootfs, config.root().readonly()))
                .hostname(config.hostname())
                .domainname(config.domainname())
                .mounts(config.mounts())
                .hooks(config.hooks())
                .linux(linux(config, facts))
                .extra(config.extra());
        for (Map.Entry<String, String> annotation : config.annotations().entrySet()) {
            if (!annotation.getKey().startsWith(OURS)) {
                out.annotation(annotation.getKey(), annotation.getValue());
            }
        }
        return out.build();
    }

    /** With the primary group among the others, as under the native runtime: or permissions that exclude it could be bypassed. */
    static ProcessConfig process(RuntimeConfig config) {
        User user = config.process().user();
        List<Long> groups = new ArrayList<>(List.of(user.gid()));
        for (long group : user.additionalGids()) {
            if (!groups.contains(group)) {
                groups.add(group);
            }
        }
        User grouped = new User(user.uid(), user.gid(), user.umask(), groups, user.username(), user.extra());
        return config.process().toBuilder().user(grouped).build();
    }

    private static LinuxConfig linux(RuntimeConfig config, HostFacts facts) {
        LinuxConfig linux = config.linux();
        List<Namespace> namespaces = new ArrayList<>();
        for (Namespace namespace : linux.namespaces()) {
            if (namespace.type() != Namespace.Type.NETWORK && namespace.type() != Namespace.Type.USER) {
                namespaces.add(namespace);
            }
        }
        boolean grouped = !facts.cgroups().equals(CgroupLayout.NONE);
        return new LinuxConfig(
                namespaces,
                linux.uidMappings(),
                linux.gidMappings(),
                linux.devices(),
                grouped ? linux.cgroupsPath() : Optional.empty(),
                linux.resources(),
                linux.rootfsPropagation(),
                seccomp(config, facts),
                withoutNetwork(linux.sysctl()),
                linux.maskedPaths(),
                linux.readonlyPaths(),
                linux.mountLabel(),
                linux.personality(),
                linux.timeOffsets(),
                linux.extra());
    }

    private static Map<String, String> withoutNetwork(Map<String, String> parameters) {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        others.keySet().removeIf(ToolStrand::isOfNetwork);
        return others;
    }

    private static Optional<Seccomp> seccomp(RuntimeConfig config, HostFacts facts) {
        return config.linux().seccomp().isPresent()
                ? config.linux().seccomp()
                : new Identity(new Plan(), 0, config, facts).profile().map(SeccompTranslation::profile);
    }
}
