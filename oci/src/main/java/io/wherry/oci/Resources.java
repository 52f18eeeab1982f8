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
 * What the container's cgroup gives and takes.
 *
 * @param devices in order; the last rule that matches wins
 * @param blockIo kept as it was read; empty for none
 * @param hugepageLimits kept as they were read; empty for none
 * @param unified files of cgroup v2 and what to write to them
 * @param extra members that this type does not know, such as {@code network} and {@code rdma}
 * @see "OCI runtime-spec v1.2, config-linux.md, Control groups"
 */
public record Resources(
        List<DeviceRule> devices,
        MemoryLimits memory,
        CpuLimits cpu,
        PidsLimit pids,
        JsonObject blockIo,
        JsonArray hugepageLimits,
        Map<String, String> unified,
        JsonObject extra) {
    public static final Resources NONE = of(List.of(), MemoryLimits.NONE, CpuLimits.NONE, PidsLimit.NONE);

    public Resources {
        devices = List.copyOf(devices);
        unified = Collections.unmodifiableMap(new LinkedHashMap<>(unified));
    }

    public static Resources of(List<DeviceRule> devices, MemoryLimits memory, CpuLimits cpu, PidsLimit pids) {
        return new Resources(
                devices, memory, cpu, pids, JsonObject.empty(), JsonArray.of(List.of()), Map.of(), JsonObject.empty());
    }

    /** {@return the same with no rules for devices} */
    public Resources withoutDevices() {
        return new Resources(List.of(), memory, cpu, pids, blockIo, hugepageLimits, unified, extra);
    }

    static Resources fromJson(Fields in) {
        List<DeviceRule> rules = new ArrayList<>();
        for (Fields rule : in.objects("devices")) {
            rules.add(DeviceRule.fromJson(rule));
        }
        Optional<Fields> memory = in.object("memory");
        Optional<Fields> cpu = in.object("cpu");
        Optional<Fields> pids = in.object("pids");
        return new Resources(
                rules,
                memory.isPresent() ? MemoryLimits.fromJson(memory.get()) : MemoryLimits.NONE,
                cpu.isPresent() ? CpuLimits.fromJson(cpu.get()) : CpuLimits.NONE,
                pids.isPresent() ? PidsLimit.fromJson(pids.get()) : PidsLimit.NONE,
                in.rawObject("blockIO"),
                in.rawArray("hugepageLimits"),
                in.stringMap("unified"),
                in.rest());
    }

    JsonObject toJson() {
        List<JsonValue> rules = new ArrayList<>(devices.size());
        for (DeviceRule rule : devices) {
            rules.add(rule.toJson());
        }
        return JsonObject.builder()
                .putIfNotEmpty("devices", JsonArray.of(rules))
                .putIfNotEmpty("memory", memory.toJson())
                .putIfNotEmpty("cpu", cpu.toJson())
                .putIfNotEmpty("pids", pids.toJson())
                .putIfNotEmpty("blockIO", blockIo)
                .putIfNotEmpty("hugepageLimits", hugepageLimits)
                .putIfNotEmpty("unified", unified)
                .putMissing(extra)
                .build();
    }
}
