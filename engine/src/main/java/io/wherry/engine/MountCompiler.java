package io.wherry.engine;

import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The mounts that a user asked for, those of a folder before those below it. The source of a bind must be there: a typing error must not make an empty folder on the host.
 */
final class MountCompiler {
    private final ContainerSpec spec;
    private final VolumeMounts volumes;

    MountCompiler(ContainerSpec spec, VolumeMounts volumes) {
        this.spec = spec;
        this.volumes = volumes;
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
                        case BIND -> bind(mount);
                        case VOLUME -> volumes.bind(mount);
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

    private static Mount bind(MountSpec mount) {
        String source = mount.source().orElseThrow();
        Path path = Path.of(source).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "Cannot bind " + path + ": there is no such file or folder on the host.");
        }
        List<String> options = new ArrayList<>();
        if (!mount.options().contains("bind")) {
            options.add("rbind");
        }
        boolean propagates = false;
        for (String option : mount.options()) {
            if (!option.equals("z") && !option.equals("Z")) { // labels of SELinux
                options.add(option);
            }
            propagates |= isPropagation(option);
        }
        if (!propagates) {
            options.add("rprivate");
        }
        return new Mount(mount.target(), "bind", path.toString(), options);
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
