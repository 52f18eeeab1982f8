package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The mounts that a user asked for, those of a folder before those below it. The source of a bind must be there, or it is to be made: a folder for {@code -v} by root, as Docker does.
 */
final class MountCompiler {
    private final ContainerSpec spec;
    private final ContainerVolumes volumes;
    private final ContainerId id;
    private final Account user;
    private final HostFacts facts;

    MountCompiler(ContainerSpec spec, ContainerVolumes volumes, ContainerId id, Account user, HostFacts facts) {
        this.user = user;
        this.spec = spec;
        this.volumes = volumes;
        this.id = id;
        this.facts = facts;
    }

    void addTo(List<Mount> mounts) {
        for (MountSpec mount : inOrder(spec.mounts())) {
            String target = mount.target();
            if (!target.startsWith("/") || target.equals("/")) {
                throw ConfigCompiler.invalid(
                        "The mount target `" + target + "` is not an absolute path below the root.");
            }
            if (below(target, "/proc") || below(target, "/sys")) {
                throw ConfigCompiler.invalid("The mount target `" + target + "` is in a filesystem of the kernel.");
            }
            mounts.removeIf(other -> other.destination().equals(target)); // the user's takes the place of a default
            mounts.add(
                    switch (mount.type()) {
                        case BIND -> withOwners(mount, bind(mount));
                        case VOLUME ->
                            withOwners(mount, volumes.mounts(id, spec).mount(mount, facts));
                        case IMAGE -> volumes.image(mount, facts);
                        case TMPFS -> tmpfs(mount);
                        case OVERLAY ->
                            throw new WherryException(
                                    WherryException.Kind.UNSUPPORTED,
                                    "A throw-away layer over " + mount.source().orElse("")
                                            + " is not supported for volumes.",
                                    "Bind it read-only with :ro.");
                    });
        }
    }

    private Mount withOwners(MountSpec asked, Mount mount) {
        return OwnerMapping.isAsked(asked) ? OwnerMapping.of(asked, mount, user, facts) : mount;
    }

    /** By depth; of one depth as they were asked. */
    private static List<MountSpec> inOrder(List<MountSpec> mounts) {
        List<MountSpec> sorted = new ArrayList<>(mounts.size());
        for (MountSpec mount : mounts) {
            int at = sorted.size();
            while (at > 0 && depth(sorted.get(at - 1)) > depth(mount)) {
                at--;
            }
            sorted.add(at, mount);
        }
        return sorted;
    }

    private static int depth(MountSpec mount) {
        int depth = 0;
        String target = clean(mount.target());
        for (int i = 0; i < target.length(); i++) {
            depth += target.charAt(i) == '/' ? 1 : 0;
        }
        return depth;
    }

    /** {@return a path without {@code .}, {@code ..} and slashes that say nothing} */
    static String clean(String target) {
        return Path.of(target).normalize().toString();
    }

    static boolean isPropagation(String option) {
        return option.endsWith("private") || option.endsWith("shared") || option.endsWith("slave");
    }

    private static boolean below(String target, String folder) {
        return target.equals(folder) || target.startsWith(folder + "/");
    }

    private Mount bind(MountSpec mount) {
        Path path = source(mount);
        boolean absent = !Files.exists(path);
        if (absent && !(facts.root() && mount.options().contains(MountSpec.CREATE))) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "Cannot bind " + path + ": there is no such file or folder on the host.");
        }
        return new Mount(mount.target(), "bind", absent ? path + "/" : path.toString(), bindOptions(mount));
    }

    /** {@return the absolute path of what is bound} */
    static Path source(MountSpec mount) {
        return Path.of(mount.source().orElseThrow()).toAbsolutePath().normalize();
    }

    /** {@return the options of a bind, with what is meant where nothing is said} */
    static List<String> bindOptions(MountSpec mount) {
        List<String> options = new ArrayList<>();
        if (!mount.options().contains("bind")) {
            options.add("rbind");
        }
        boolean propagates = false;
        for (String option : mount.mountOptions()) {
            options.add(option);
            propagates |= isPropagation(option);
        }
        if (!propagates) {
            options.add("rprivate");
        }
        return options;
    }

    private static Mount tmpfs(MountSpec mount) {
        List<String> options = new ArrayList<>(List.of("nosuid", "nodev", "noexec"));
        for (String option : mount.options()) {
            if (option.equals("exec") || option.equals("dev") || option.equals("suid")) {
                options.remove("no" + option);
            } else if (!options.contains(option)) {
                options.add(option);
            }
        }
        return new Mount(mount.target(), "tmpfs", "tmpfs", options);
    }
}
