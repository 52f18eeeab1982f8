package io.wherry.cli.command;

import io.wherry.engine.ContainerSpec;
import io.wherry.engine.MountSpec;
import io.wherry.engine.RestartPolicy;
import io.wherry.oci.LinuxConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.runtime.RuntimeName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The section HostConfig of {@link ContainerDocument}: every key of docker's; those that nothing here can set have the value that docker has for "not asked". */
final class HostConfigDocument {
    private static final long DEFAULT_SHM = 64L << 20;
    private static final long PERIOD_MICROS = 100_000;
    private static final long NANOS_PER_QUOTA = 1_000_000_000 / PERIOD_MICROS;

    private HostConfigDocument() {}

    static JsonObject of(ContainerSpec spec, Optional<RuntimeConfig> config) {
        Optional<LinuxConfig> linux = config.map(RuntimeConfig::linux);
        JsonObject.Builder json = JsonObject.builder();
        files(json, spec);
        isolation(json, spec);
        resources(json, spec, linux);
        return json.put(
                        "MaskedPaths",
                        JsonArray.ofStrings(linux.map(LinuxConfig::maskedPaths).orElse(List.of())))
                .put(
                        "ReadonlyPaths",
                        JsonArray.ofStrings(
                                linux.map(LinuxConfig::readonlyPaths).orElse(List.of())))
                .build();
    }

    private static void files(JsonObject.Builder json, ContainerSpec spec) {
        RestartPolicy restart = spec.restart().orElse(RestartPolicy.NO);
        json.put("Binds", ContainerDocument.listOrNull(binds(spec)))
                .put("ContainerIDFile", "")
                .put(
                        "LogConfig",
                        JsonObject.builder()
                                .put("Type", spec.logDriver().orElse("json-file"))
                                .put("Config", spec.logOptions())
                                .build())
                .put("NetworkMode", spec.network().orElse("default"))
                .put("PortBindings", JsonObject.empty())
                .put(
                        "RestartPolicy",
                        JsonObject.builder()
                                .put("Name", restart.kind().word())
                                .put("MaximumRetryCount", restart.most())
                                .build())
                .put("AutoRemove", spec.remove())
                .put("VolumeDriver", "")
                .put("VolumesFrom", ContainerDocument.listOrNull(spec.volumesFrom()));
    }

    private static List<String> binds(ContainerSpec spec) {
        List<String> binds = new ArrayList<>();
        for (MountSpec mount : spec.mounts()) {
            boolean named = mount.type() == MountSpec.Type.VOLUME && !mount.isAnonymous();
            if (named || mount.type() == MountSpec.Type.BIND) {
                String said = MountDocument.said(mount);
                binds.add(mount.source().orElse("") + ":" + mount.target() + (said.isEmpty() ? "" : ":" + said));
            }
        }
        return binds;
    }

    private static void isolation(JsonObject.Builder json, ContainerSpec spec) {
        json.put("CapAdd", ContainerDocument.listOrNull(spec.capAdd()))
                .put("CapDrop", ContainerDocument.listOrNull(spec.capDrop()))
                .put("CgroupnsMode", spec.cgroupns().orElse("private"))
                .put("Dns", JsonArray.of(List.of()))
                .put("DnsOptions", JsonArray.of(List.of()))
                .put("DnsSearch", JsonArray.of(List.of()))
                .put("ExtraHosts", JsonNull.INSTANCE)
                .put("GroupAdd", ContainerDocument.listOrNull(spec.groups()))
                .put("IpcMode", spec.ipc().orElse("private"))
                .put("Cgroup", "")
                .put("Links", JsonNull.INSTANCE)
                .put("OomScoreAdj", spec.oomScoreAdj().orElse(0))
                .put("PidMode", host(spec.pid()))
                .put("Privileged", spec.privileged())
                .put("PublishAllPorts", false)
                .put("ReadonlyRootfs", spec.readOnly())
                .put("SecurityOpt", ContainerDocument.listOrNull(security(spec)))
                .putIfNotEmpty(
                        "StorageOpt",
                        spec.storageSize() == 0 ? Map.of() : Map.of("size", Long.toString(spec.storageSize())))
                .putIfNotEmpty("Tmpfs", tmpfs(spec))
                .put("UTSMode", host(spec.uts()))
                .put("UsernsMode", "")
                .put("ShmSize", spec.shmSize() == 0 ? DEFAULT_SHM : spec.shmSize())
                .putIfNotEmpty("Sysctls", spec.sysctls())
                .put("Runtime", spec.runtime().map(RuntimeName::text).orElse("native"))
                .put("ConsoleSize", JsonArray.of(List.of(JsonNumber.of(0), JsonNumber.of(0))))
                .put("Isolation", "")
                .putIfNotEmpty("Annotations", spec.annotations())
                .putIfTrue("Init", spec.init());
    }

    /** Docker has an empty word for a namespace of one's own. */
    private static String host(Optional<String> mode) {
        return mode.orElse("").equals("host") ? "host" : "";
    }

    private static List<String> security(ContainerSpec spec) {
        List<String> options = new ArrayList<>();
        if (spec.noNewPrivileges()) {
            options.add("no-new-privileges");
        }
        spec.seccomp().ifPresent(profile -> options.add("seccomp=" + profile));
        if (spec.unmasked()) {
            options.add("systempaths=unconfined");
        }
        return options;
    }

    private static Map<String, String> tmpfs(ContainerSpec spec) {
        Map<String, String> mounts = new LinkedHashMap<>();
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.TMPFS) {
                mounts.put(mount.target(), String.join(",", mount.options()));
            }
        }
        return mounts;
    }

    private static void resources(JsonObject.Builder json, ContainerSpec spec, Optional<LinuxConfig> linux) {
        // `--cpus` is kept as a quota of docker's usual period, and docker's as what was said.
        boolean share = spec.cpuPeriod() == PERIOD_MICROS && spec.cpuQuota() > 0;
        OptionalLong pids = linux.isPresent() ? linux.get().resources().pids().limit() : OptionalLong.empty();
        json.put("CpuShares", spec.cpuShares())
                .put("Memory", spec.memory())
                .put("NanoCpus", share ? spec.cpuQuota() * NANOS_PER_QUOTA : 0)
                .put("CgroupParent", "")
                .put("BlkioWeight", 0)
                .put("BlkioWeightDevice", JsonArray.of(List.of()))
                .put("BlkioDeviceReadBps", JsonNull.INSTANCE)
                .put("BlkioDeviceWriteBps", JsonNull.INSTANCE)
                .put("BlkioDeviceReadIOps", JsonNull.INSTANCE)
                .put("BlkioDeviceWriteIOps", JsonNull.INSTANCE)
                .put("CpuPeriod", share ? 0 : spec.cpuPeriod())
                .put("CpuQuota", share ? 0 : spec.cpuQuota())
                .put("CpuRealtimePeriod", 0)
                .put("CpuRealtimeRuntime", 0)
                .put("CpusetCpus", spec.cpusetCpus().orElse(""))
                .put("CpusetMems", spec.cpusetMems().orElse(""))
                .put("Devices", devices(spec))
                .put("DeviceCgroupRules", JsonNull.INSTANCE)
                .put("DeviceRequests", JsonNull.INSTANCE)
                .put("KernelMemory", 0)
                .put("KernelMemoryTCP", 0)
                .put("MemoryReservation", spec.memoryReservation())
                .put("MemorySwap", spec.memorySwap())
                .put("MemorySwappiness", JsonNull.INSTANCE)
                .put("OomKillDisable", false)
                .put("PidsLimit", pids.isPresent() ? JsonNumber.of(pids.getAsLong()) : JsonNull.INSTANCE)
                .put("Ulimits", ulimits(spec))
                .put("CpuCount", 0)
                .put("CpuPercent", 0)
                .put("IOMaximumIOps", 0)
                .put("IOMaximumBandwidth", 0);
    }

    /** Each is kept as {@code host:container:access}. */
    private static JsonArray devices(ContainerSpec spec) {
        List<JsonValue> devices = new ArrayList<>();
        for (String device : spec.devices()) {
            String[] parts = device.split(":", 3);
            devices.add(JsonObject.builder()
                    .put("PathOnHost", parts[0])
                    .put("PathInContainer", parts.length > 1 ? parts[1] : parts[0])
                    .put("CgroupPermissions", parts.length > 2 ? parts[2] : "rwm")
                    .build());
        }
        return JsonArray.of(devices);
    }

    /** Each is kept as {@code name=soft[:hard]}. */
    private static JsonValue ulimits(ContainerSpec spec) {
        List<JsonValue> limits = new ArrayList<>();
        for (String limit : spec.ulimits()) {
            String[] parts = limit.split("[=:]", 3);
            limits.add(JsonObject.builder()
                    .put("Name", parts[0])
                    .put("Hard", number(parts[parts.length - 1]))
                    .put("Soft", number(parts[parts.length > 1 ? 1 : 0]))
                    .build());
        }
        return limits.isEmpty() ? JsonNull.INSTANCE : JsonArray.of(limits);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1; // `unlimited`
        }
    }
}
