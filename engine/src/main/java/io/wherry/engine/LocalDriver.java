package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What options of a volume mean to the driver {@code local}: {@code type}, {@code device} and {@code o} of mount(8), as Docker's. The mount is made for each container that has the volume, in its own mount namespace:
 * nothing of it is to be seen or to be unmounted outside.
 */
final class LocalDriver {
    private static final List<String> KEYS = List.of("type", "device", "o");

    private LocalDriver() {}

    /**
     * Refuses what no start could mount.
     *
     * @throws WherryException of kind INVALID
     */
    static void check(String name, Map<String, String> options) {
        for (String key : options.keySet()) {
            if (!KEYS.contains(key)) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "Cannot make the volume `" + name + "`: the driver `local` has no option `" + key
                                + "`; it has type, device and o.");
            }
        }
        if (!options.isEmpty() && options.getOrDefault("device", "").isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "Cannot make the volume `" + name + "`: the option `device` is missing.",
                    "It says what is mounted: a path, HOST:/PATH for nfs, `tmpfs` for memory.");
        }
    }

    static Mount mount(MountSpec mount, Map<String, String> told, HostFacts facts) {
        if (mount.value("subpath").isPresent()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "A subpath of the volume `" + mount.source().orElse("")
                            + "` cannot be mounted: it is a filesystem of its own.");
        }
        String device = told.getOrDefault("device", "");
        String type = told.getOrDefault("type", "");
        List<String> options = split(told.getOrDefault("o", ""));
        boolean binds = options.contains("bind") || options.contains("rbind") || type.isEmpty() || type.equals("none");
        boolean writable = !options.contains("ro") && !mount.options().contains("ro");
        options.remove("rw");
        options.remove("ro");
        if (!writable) {
            options.add("ro");
        }
        if (binds) {
            if (!options.contains("bind") && !options.contains("rbind")) {
                options.add("rbind");
            }
            options.add("rprivate");
            return new Mount(mount.target(), "bind", device, options);
        }
        if (!facts.root() && !type.equals("tmpfs")) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "An ordinary user cannot mount the volume `"
                            + mount.source().orElse("")
                            + "`: the kernel lets nobody but root mount a filesystem of type " + type + ".",
                    "Mount it as root, and bind the folder with -v.");
        }
        return new Mount(mount.target(), type, device, options);
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int comma = text.indexOf(',', from);
            int end = comma < 0 ? text.length() : comma;
            String part = text.substring(from, end);
            if (!part.isEmpty() && !part.equals("defaults")) {
                parts.add(part);
            }
            from = end + 1;
        }
        return parts;
    }
}
