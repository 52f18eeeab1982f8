package io.wherry.engine;

import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.runtime.RuntimeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The document of a {@link ContainerSpec}, one member a component of the same name; what was not asked is left out. */
final class ContainerSpecJson {
    private ContainerSpecJson() {}

    static JsonObject write(ContainerSpec spec) {
        JsonObject.Builder json = JsonObject.builder();
        json.putIfPresent("image", spec.image());
        json.putIfPresent("rootfs", spec.rootfs());
        json.putIfTrue("rootfsOverlay", spec.rootfsOverlay());
        json.putIfPresent("name", spec.name());
        json.putIfNotEmpty("command", spec.command());
        if (spec.entrypoint().isPresent()) {
            json.put("entrypoint", spec.entrypoint().get());
        }
        json.putIfNotEmpty("env", spec.env());
        json.putIfPresent("workdir", spec.workdir());
        json.putIfPresent("user", spec.user());
        json.putIfNotEmpty("groups", spec.groups());
        json.putIfTrue("terminal", spec.terminal());
        json.putIfTrue("interactive", spec.interactive());
        json.putIfTrue("detached", spec.detached());
        json.putIfTrue("remove", spec.remove());
        if (spec.healthcheck().isPresent()) {
            json.put("healthcheck", spec.healthcheck().get().toJson());
        }
        if (spec.restart().isPresent()) {
            json.put("restart", spec.restart().get().text());
        }
        json.putIfTrue("readOnly", spec.readOnly());
        json.putIfNotEmpty("mounts", mounts(spec.mounts()));
        json.putIfNotEmpty("volumesFrom", spec.volumesFrom());
        putIfAsked(json, "memory", spec.memory());
        putIfAsked(json, "memorySwap", spec.memorySwap());
        putIfAsked(json, "memoryReservation", spec.memoryReservation());
        putIfAsked(json, "cpuQuota", spec.cpuQuota());
        putIfAsked(json, "cpuPeriod", spec.cpuPeriod());
        putIfAsked(json, "cpuShares", spec.cpuShares());
        json.putIfPresent("cpusetCpus", spec.cpusetCpus());
        json.putIfPresent("cpusetMems", spec.cpusetMems());
        putIfAsked(json, "pidsLimit", spec.pidsLimit());
        json.putIfNotEmpty("capAdd", spec.capAdd());
        json.putIfNotEmpty("capDrop", spec.capDrop());
        json.putIfTrue("privileged", spec.privileged());
        json.putIfPresent("seccomp", spec.seccomp());
        json.putIfTrue("noNewPrivileges", spec.noNewPrivileges());
        json.putIfTrue("oneId", spec.oneId());
        json.putIfTrue("unmasked", spec.unmasked());
        json.putIfNotEmpty("devices", spec.devices());
        json.putIfNotEmpty("ulimits", spec.ulimits());
        json.putIfNotEmpty("sysctls", spec.sysctls());
        json.putIfPresent("oomScoreAdj", spec.oomScoreAdj());
        putIfAsked(json, "shmSize", spec.shmSize());
        putIfAsked(json, "storageSize", spec.storageSize());
        json.putIfTrue("init", spec.init());
        json.putIfPresent("hostname", spec.hostname());
        json.putIfPresent("domainname", spec.domainname());
        json.putIfPresent("network", spec.network());
        json.putIfPresent("pid", spec.pid());
        json.putIfPresent("ipc", spec.ipc());
        json.putIfPresent("uts", spec.uts());
        json.putIfPresent("cgroupns", spec.cgroupns());
        json.putIfNotEmpty("labels", spec.labels());
        json.putIfNotEmpty("annotations", spec.annotations());
        json.putIfPresent("stopSignal", spec.stopSignal());
        json.putIfPresent("stopTimeout", spec.stopTimeout());
        json.putIfPresent("logDriver", spec.logDriver());
        json.putIfNotEmpty("logOptions", spec.logOptions());
        json.putIfPresent("platform", spec.platform());
        json.putIfPresent("runtime", spec.runtime().map(RuntimeName::text));
        json.putIfPresent("umask", spec.umask());
        return json.build();
    }

    /** Zero is not asked. */
    private static void putIfAsked(JsonObject.Builder json, String name, long value) {
        if (value != 0) {
            json.put(name, value);
        }
    }

    private static JsonArray mounts(List<MountSpec> mounts) {
        List<JsonValue> elements = new ArrayList<>();
        for (MountSpec mount : mounts) {
            elements.add(mount.toJson());
        }
        return JsonArray.of(elements);
    }

    /** {@return what a document asks for; unknown members are those of a newer version and are passed over} */
    static ContainerSpec.Builder read(JsonObject json) {
        Fields fields = json.fields();
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        for (String name : json.members().keySet()) {
            read(spec, fields, name);
        }
        return spec;
    }

    /** By member and not by component, as most components are in no document. */
    private static void read(ContainerSpec.Builder spec, Fields fields, String name) {
        switch (name) {
            case "image" -> spec.image = fields.string(name);
            case "rootfs" -> spec.rootfs = fields.string(name);
            case "rootfsOverlay" -> spec.rootfsOverlay = fields.flag(name);
            case "name" -> spec.name = fields.string(name);
            case "command" -> spec.command = fields.strings(name);
            case "entrypoint" -> spec.entrypoint = Optional.of(fields.strings(name));
            case "env" -> spec.env = fields.strings(name);
            case "workdir" -> spec.workdir = fields.string(name);
            case "user" -> spec.user = fields.string(name);
            case "groups" -> spec.groups = fields.strings(name);
            case "terminal" -> spec.terminal = fields.flag(name);
            case "interactive" -> spec.interactive = fields.flag(name);
            case "detached" -> spec.detached = fields.flag(name);
            case "remove" -> spec.remove = fields.flag(name);
            case "healthcheck" -> spec.healthcheck = healthcheck(fields, name);
            case "restart" -> spec.restart = restart(fields, name);
            case "readOnly" -> spec.readOnly = fields.flag(name);
            case "mounts" -> mounts(fields, name, spec.mounts);
            case "volumesFrom" -> spec.volumesFrom = fields.strings(name);
            case "memory" -> spec.memory = fields.integer(name).orElse(0);
            case "memorySwap" -> spec.memorySwap = fields.integer(name).orElse(0);
            case "memoryReservation" ->
                spec.memoryReservation = fields.integer(name).orElse(0);
            case "cpuQuota" -> spec.cpuQuota = fields.integer(name).orElse(0);
            case "cpuPeriod" -> spec.cpuPeriod = fields.integer(name).orElse(0);
            case "cpuShares" -> spec.cpuShares = fields.integer(name).orElse(0);
            case "cpusetCpus" -> spec.cpusetCpus = fields.string(name);
            case "cpusetMems" -> spec.cpusetMems = fields.string(name);
            case "pidsLimit" -> spec.pidsLimit = fields.integer(name).orElse(0);
            case "capAdd" -> spec.capAdd = fields.strings(name);
            case "capDrop" -> spec.capDrop = fields.strings(name);
            case "privileged" -> spec.privileged = fields.flag(name);
            case "seccomp" -> spec.seccomp = fields.string(name);
            case "noNewPrivileges" -> spec.noNewPrivileges = fields.flag(name);
            case "oneId" -> spec.oneId = fields.flag(name);
            case "unmasked" -> spec.unmasked = fields.flag(name);
            case "devices" -> spec.devices = fields.strings(name);
            case "ulimits" -> spec.ulimits = fields.strings(name);
            case "sysctls" -> spec.sysctls = fields.stringMap(name);
            case "oomScoreAdj" -> spec.oomScoreAdj = fields.int32(name);
            case "shmSize" -> spec.shmSize = fields.integer(name).orElse(0);
            case "storageSize" -> spec.storageSize = fields.integer(name).orElse(0);
            case "init" -> spec.init = fields.flag(name);
            case "hostname" -> spec.hostname = fields.string(name);
            case "domainname" -> spec.domainname = fields.string(name);
            case "network" -> spec.network = fields.string(name);
            case "pid" -> spec.pid = fields.string(name);
            case "ipc" -> spec.ipc = fields.string(name);
            case "uts" -> spec.uts = fields.string(name);
            case "cgroupns" -> spec.cgroupns = fields.string(name);
            case "labels" -> spec.labels = fields.stringMap(name);
            case "annotations" -> spec.annotations = fields.stringMap(name);
            case "stopSignal" -> spec.stopSignal = fields.string(name);
            case "stopTimeout" -> spec.stopTimeout = fields.int32(name);
            case "logDriver" -> spec.logDriver = fields.string(name);
            case "logOptions" -> spec.logOptions = fields.stringMap(name);
            case "platform" -> spec.platform = fields.string(name);
            case "runtime" -> spec.runtime = fields.string(name).map(RuntimeName::ofOwner);
            case "umask" -> spec.umask = fields.int32(name);
            default -> {}
        }
    }

    private static Optional<HealthCheck> healthcheck(Fields fields, String name) {
        Optional<Fields> check = fields.object(name);
        return check.isPresent() ? Optional.of(HealthCheck.fromJson(check.get())) : Optional.empty();
    }

    private static Optional<RestartPolicy> restart(Fields fields, String name) {
        Optional<String> policy = fields.string(name);
        return policy.isPresent() ? Optional.of(RestartPolicy.parse(policy.get())) : Optional.empty();
    }

    private static void mounts(Fields fields, String name, List<MountSpec> mounts) {
        for (Fields mount : fields.objects(name)) {
            mounts.add(MountSpec.parse(mount));
        }
    }
}
