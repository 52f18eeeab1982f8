package io.wherry.engine;

import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The mounts that a user asked for. A source must be there: a typing error must not make an empty folder on the host. */
final class MountCompiler {
    private final ContainerSpec spec;

    MountCompiler(ContainerSpec spec) {
        this.spec = spec;
    }

    void addTo(List<Mount> mounts) {
        for (MountSpec mount : spec.mounts()) {
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
            if (!option.equals("z") && !option.equals("Z")) {
                options.add(option);
            }
            propagates |= option.endsWith("private") || option.endsWith("shared") || option.endsWith("slave");
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
