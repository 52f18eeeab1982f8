package io.wherry.oci;

import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects a {@link LinuxConfig}; begins with nothing. Not safe for use by several threads. */
public final class LinuxConfigBuilder {
    private final List<Namespace> namespaces = new ArrayList<>();
    private List<IdMapping> uidMappings = List.of();
    private List<IdMapping> gidMappings = List.of();
    private final List<DeviceNode> devices = new ArrayList<>();
    private Optional<String> cgroupsPath = Optional.empty();
    private Resources resources = Resources.NONE;
    private Optional<String> rootfsPropagation = Optional.empty();
    private Optional<Seccomp> seccomp = Optional.empty();
    private final Map<String, String> sysctl = new LinkedHashMap<>();
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private Optional<String> mountLabel = Optional.empty();
    private Optional<LinuxConfig.Personality> personality = Optional.empty();
    private final Map<String, LinuxConfig.TimeOffset> timeOffsets = new LinkedHashMap<>();
    private JsonObject extra = JsonObject.empty();

    LinuxConfigBuilder() {}

    boolean has(Namespace.Type type) {
        for (Namespace namespace : namespaces) {
            if (namespace.type() == type) {
                return true;
            }
        }
        return false;
    }

    public LinuxConfigBuilder namespace(Namespace value) {
        namespaces.add(value);
        return this;
    }

    /** Adds a new namespace. */
    public LinuxConfigBuilder namespace(Namespace.Type type) {
        return namespace(new Namespace(type));
    }

    public LinuxConfigBuilder uidMappings(List<IdMapping> value) {
        uidMappings = value;
        return this;
    }

    public LinuxConfigBuilder gidMappings(List<IdMapping> value) {
        gidMappings = value;
        return this;
    }

    public LinuxConfigBuilder device(DeviceNode value) {
        devices.add(value);
        return this;
    }

    public LinuxConfigBuilder cgroupsPath(Optional<String> value) {
        cgroupsPath = value;
        return this;
    }

    public LinuxConfigBuilder cgroupsPath(String value) {
        return cgroupsPath(Optional.of(value));
    }

    public LinuxConfigBuilder resources(Resources value) {
        resources = value;
        return this;
    }

    public LinuxConfigBuilder rootfsPropagation(Optional<String> value) {
        rootfsPropagation = value;
        return this;
    }

    public LinuxConfigBuilder seccomp(Seccomp value) {
        seccomp = Optional.of(value);
        return this;
    }

    public LinuxConfigBuilder sysctl(String name, String value) {
        sysctl.put(name, value);
        return this;
    }

    public LinuxConfigBuilder sysctl(Map<String, String> values) {
        sysctl.putAll(values);
        return this;
    }

    public LinuxConfigBuilder maskedPaths(List<String> value) {
        maskedPaths = value;
        return this;
    }

    public LinuxConfigBuilder readonlyPaths(List<String> value) {
        readonlyPaths = value;
        return this;
    }

    public LinuxConfigBuilder mountLabel(Optional<String> value) {
        mountLabel = value;
        return this;
    }

    public LinuxConfigBuilder personality(LinuxConfig.Personality value) {
        personality = Optional.of(value);
        return this;
    }

    public LinuxConfigBuilder timeOffset(String clock, LinuxConfig.TimeOffset value) {
        timeOffsets.put(clock, value);
        return this;
    }

    public LinuxConfigBuilder extra(JsonObject value) {
        extra = value;
        return this;
    }

    public LinuxConfig build() {
        return new LinuxConfig(
                namespaces,
                uidMappings,
                gidMappings,
                devices,
                cgroupsPath,
                resources,
                rootfsPropagation,
                seccomp,
                sysctl,
                maskedPaths,
                readonlyPaths,
                mountLabel,
                personality,
                timeOffsets,
                extra);
    }
}
