package io.wherry.cli.command;

import io.wherry.engine.Container;
import io.wherry.engine.ContainerSpec;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** One container as {@code inspect} shows it: docker's field names where docker has them, and {@code Spec}, all that was asked. */
final class ContainerDocument {
    private ContainerDocument() {}

    static JsonObject of(Container container, List<String> executions) {
        ContainerSpec spec = container.spec();
        boolean running = container.status() == Container.Status.RUNNING;
        JsonObject state = JsonObject.builder()
                .put("Status", container.status().word())
                .put("Running", running)
                .put("Pid", container.pid().orElse(0))
                .put("ExitCode", container.exitCode().orElse(0))
                .put("OOMKilled", container.outOfMemory())
                .put("Error", container.damage().orElse(container.reason().orElse("")))
                .put("StartedAt", instant(container.started()))
                .put("FinishedAt", instant(container.finished()))
                .build();
        return JsonObject.builder()
                .put("Id", container.id())
                .put("Name", container.name())
                .put("Created", container.created())
                .put("State", state)
                .put("Image", text(container.imageId().orElse(null)))
                .put("Driver", container.driver())
                .put("Config", config(spec))
                .put("HostConfig", hostConfig(spec))
                .put("ExecIDs", executions.isEmpty() ? JsonNull.INSTANCE : JsonArray.ofStrings(executions))
                .put("Mounts", mounts(spec))
                .put("Spec", spec.toJson())
                .build();
    }

    private static JsonObject config(ContainerSpec spec) {
        return JsonObject.builder()
                .put("Image", spec.image().orElse(""))
                .put(
                        "Entrypoint",
                        spec.entrypoint().isPresent()
                                ? JsonArray.ofStrings(spec.entrypoint().get())
                                : JsonNull.INSTANCE)
                .put("Cmd", JsonArray.ofStrings(spec.command()))
                .put("Env", JsonArray.ofStrings(spec.env()))
                .put("WorkingDir", spec.workdir().orElse(""))
                .put("User", spec.user().orElse(""))
                .put("Hostname", spec.hostname().orElse(""))
                .put("Tty", spec.terminal())
                .put("OpenStdin", spec.interactive())
                .put("Labels", spec.labels())
                .put("StopSignal", text(spec.stopSignal().orElse(null)))
                .build();
    }

    private static JsonObject hostConfig(ContainerSpec spec) {
        return JsonObject.builder()
                .put("NetworkMode", spec.network().orElse("default"))
                .put("AutoRemove", spec.remove())
                .put("ReadonlyRootfs", spec.readOnly())
                .put("Privileged", spec.privileged())
                .put("Init", spec.init())
                .put("Memory", spec.memory())
                .put("MemorySwap", spec.memorySwap())
                .put("MemoryReservation", spec.memoryReservation())
                .put("CpuShares", spec.cpuShares())
                .put("CpuPeriod", spec.cpuPeriod())
                .put("CpuQuota", spec.cpuQuota())
                .put("CpusetCpus", spec.cpusetCpus().orElse(""))
                .put("CpusetMems", spec.cpusetMems().orElse(""))
                .put("PidsLimit", spec.pidsLimit() == 0 ? JsonNull.INSTANCE : JsonNumber.of(spec.pidsLimit()))
                .put("CapAdd", JsonArray.ofStrings(spec.capAdd()))
                .put("CapDrop", JsonArray.ofStrings(spec.capDrop()))
                .put("ShmSize", spec.shmSize())
                .put("Runtime", spec.runtime().orElse("native"))
                .build();
    }

    private static JsonArray mounts(ContainerSpec spec) {
        return JsonArray.of(spec.mounts().stream()
                .map(mount -> JsonObject.builder()
                        .put("Type", mount.typeName())
                        .put("Source", mount.source().orElse(""))
                        .put("Destination", mount.target())
                        .put("Mode", String.join(",", mount.options()))
                        .put("RW", !mount.options().contains("ro"))
                        .build())
                .toList());
    }

    private static String instant(OptionalLong seconds) {
        return seconds.isPresent() ? Instant.ofEpochSecond(seconds.getAsLong()).toString() : "0001-01-01T00:00:00Z";
    }

    private static JsonValue text(@org.jspecify.annotations.Nullable String text) {
        return text == null ? JsonNull.INSTANCE : new JsonString(text);
    }
}
