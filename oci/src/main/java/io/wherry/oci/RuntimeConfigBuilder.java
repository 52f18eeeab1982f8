package io.wherry.oci;

import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects a {@link RuntimeConfig}; begins with the root {@code rootfs} and nothing else. Not safe for use by several
 * threads.
 */
public final class RuntimeConfigBuilder {
    private String ociVersion = RuntimeConfig.VERSION;
    private ProcessConfig process = ProcessConfig.builder().build();
    private Root root = new Root("rootfs", false);
    private Optional<String> hostname = Optional.empty();
    private Optional<String> domainname = Optional.empty();
    private List<Mount> mounts = new ArrayList<>();
    private Hooks hooks = Hooks.NONE;
    private LinuxConfig linux = LinuxConfig.builder().build();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private JsonObject extra = JsonObject.empty();

    RuntimeConfigBuilder() {}

    RuntimeConfigBuilder(RuntimeConfig from) {
        ociVersion = from.ociVersion();
        process = from.process();
        root = from.root();
        hostname = from.hostname();
        domainname = from.domainname();
        mounts = new ArrayList<>(from.mounts());
        hooks = from.hooks();
        linux = from.linux();
        annotations.putAll(from.annotations());
        extra = from.extra();
    }

    public RuntimeConfigBuilder ociVersion(String value) {
        ociVersion = value;
        return this;
    }

    public RuntimeConfigBuilder process(ProcessConfig value) {
        process = value;
        return this;
    }

    public RuntimeConfigBuilder root(Root value) {
        root = value;
        return this;
    }

    public RuntimeConfigBuilder hostname(Optional<String> value) {
        hostname = value;
        return this;
    }

    public RuntimeConfigBuilder hostname(String value) {
        return hostname(Optional.of(value));
    }

    public RuntimeConfigBuilder domainname(Optional<String> value) {
        domainname = value;
        return this;
    }

    /** Adds one mount after those that are there. */
    public RuntimeConfigBuilder mount(Mount value) {
        mounts.add(value);
        return this;
    }

    /** Replaces all mounts. */
    public RuntimeConfigBuilder mounts(List<Mount> value) {
        mounts = new ArrayList<>(value);
        return this;
    }

    public RuntimeConfigBuilder hooks(Hooks value) {
        hooks = value;
        return this;
    }

    public RuntimeConfigBuilder linux(LinuxConfig value) {
        linux = value;
        return this;
    }

    public RuntimeConfigBuilder annotation(String name, String value) {
        annotations.put(name, value);
        return this;
    }

    public RuntimeConfigBuilder annotations(Map<String, String> values) {
        annotations.putAll(values);
        return this;
    }

    public RuntimeConfigBuilder extra(JsonObject value) {
        extra = value;
        return this;
    }

    public RuntimeConfig build() {
        return new RuntimeConfig(
                ociVersion, process, root, hostname, domainname, mounts, hooks, linux, annotations, extra);
    }
}
