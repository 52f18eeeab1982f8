package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a {@link RuntimeConfig} that only Linux has.
 *
 * @param cgroupsPath as the runtime understands it; absent for the runtime's choice
 * @param rootfsPropagation {@code private}, {@code slave}, {@code shared} or {@code unbindable}
 * @param timeOffsets by clock: {@code monotonic}, {@code boottime}
 * @param extra members that this type does not know, such as {@code intelRdt}
 * @see "OCI runtime-spec v1.2, config-linux.md"
 */
public record LinuxConfig(
        List<Namespace> namespaces,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        List<DeviceNode> devices,
        Optional<String> cgroupsPath,
        Resources resources,
        Optional<String> rootfsPropagation,
        Optional<Seccomp> seccomp,
        Map<String, String> sysctl,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Optional<String> mountLabel,
        Optional<Personality> personality,
        Map<String, TimeOffset> timeOffsets,
        JsonObject extra) {

    /**
     * The execution domain of the process.
     *
     * @param domain {@code LINUX} or {@code LINUX32}
     */
    public record Personality(String domain, List<String> flags) {
        public Personality {
            flags = List.copyOf(flags);
        }
    }

    /** How far a clock of the time namespace is ahead. */
    public record TimeOffset(long secs, long nanosecs) {}

    public LinuxConfig {
        namespaces = List.copyOf(namespaces);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        devices = List.copyOf(devices);
        sysctl = Collections.unmodifiableMap(new LinkedHashMap<>(sysctl));
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        timeOffsets = Collections.unmodifiableMap(new LinkedHashMap<>(timeOffsets));
    }

    public static LinuxConfigBuilder builder() {
        return new LinuxConfigBuilder();
    }

    /** {@return the namespace of this type; absent where the container shares the runtime's} */
    public Optional<Namespace> namespace(Namespace.Type type) {
        for (Namespace namespace : namespaces) {
            if (namespace.type() == type) {
                return Optional.of(namespace);
            }
        }
        return Optional.empty();
    }

    static LinuxConfig fromJson(Fields in) {
        LinuxConfigBuilder out = new LinuxConfigBuilder();
        for (Fields namespace : in.objects("namespaces")) {
            Namespace one = Namespace.fromJson(namespace);
            if (out.has(one.type())) {
                throw in.problem("namespaces", "has `" + one.type().word() + "` twice");
            }
            out.namespace(one);
        }
        for (Fields device : in.objects("devices")) {
            out.device(DeviceNode.fromJson(device));
        }
        Optional<Fields> resources = in.object("resources");
        if (resources.isPresent()) {
            out.resources(Resources.fromJson(resources.get()));
        }
        Optional<Fields> seccomp = in.object("seccomp");
        if (seccomp.isPresent()) {
            out.seccomp(Seccomp.fromJson(seccomp.get()));
        }
        Optional<Fields> personality = in.object("personality");
        if (personality.isPresent()) {
            out.personality(new Personality(
                    personality.get().requiredString("domain"),
                    personality.get().strings("flags")));
        }
        for (Map.Entry<String, Fields> offset : in.objectMap("timeOffsets").entrySet()) {
            Fields value = offset.getValue();
            out.timeOffset(
                    offset.getKey(),
                    new TimeOffset(
                            value.integer("secs").orElse(0),
                            value.integer("nanosecs", 0, 999_999_999).orElse(0)));
        }
        return out.uidMappings(IdMapping.list(in, "uidMappings"))
                .gidMappings(IdMapping.list(in, "gidMappings"))
                .cgroupsPath(in.string("cgroupsPath"))
                .rootfsPropagation(in.string("rootfsPropagation"))
                .sysctl(in.stringMap("sysctl"))
                .maskedPaths(in.strings("maskedPaths"))
                .readonlyPaths(in.strings("readonlyPaths"))
                .mountLabel(in.string("mountLabel"))
                .extra(in.rest())
                .build();
    }

    JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder()
                .putIfNotEmpty("uidMappings", IdMapping.array(uidMappings))
                .putIfNotEmpty("gidMappings", IdMapping.array(gidMappings))
                .putIfNotEmpty("sysctl", sysctl)
                .putIfNotEmpty("resources", resources.toJson())
                .putIfPresent("cgroupsPath", cgroupsPath);
        List<JsonValue> list = new ArrayList<>();
        for (Namespace namespace : namespaces) {
            list.add(namespace.toJson());
        }
        out.putIfNotEmpty("namespaces", JsonArray.of(list));
        list.clear();
        for (DeviceNode device : devices) {
            list.add(device.toJson());
        }
        out.putIfNotEmpty("devices", JsonArray.of(list));
        if (seccomp.isPresent()) {
            out.put("seccomp", seccomp.get().toJson());
        }
        out.putIfPresent("rootfsPropagation", rootfsPropagation)
                .putIfNotEmpty("maskedPaths", maskedPaths)
                .putIfNotEmpty("readonlyPaths", readonlyPaths)
                .putIfPresent("mountLabel", mountLabel);
        if (personality.isPresent()) {
            out.put(
                    "personality",
                    JsonObject.builder()
                            .put("domain", personality.get().domain())
                            .putIfNotEmpty("flags", personality.get().flags())
                            .build());
        }
        JsonObject.Builder offsets = JsonObject.builder();
        for (Map.Entry<String, TimeOffset> offset : timeOffsets.entrySet()) {
            offsets.put(
                    offset.getKey(),
                    JsonObject.builder()
                            .put("secs", offset.getValue().secs())
                            .put("nanosecs", offset.getValue().nanosecs())
                            .build());
        }
        return out.putIfNotEmpty("timeOffsets", offsets.build())
                .putMissing(extra)
                .build();
    }
}
