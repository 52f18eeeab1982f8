package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an image wants to be run: the {@code config} object of an {@link ImageConfig}.
 *
 * <p>The same object alone, flat, is the {@code config.json} of a container that is a plain folder.
 *
 * @param user name or id, with a group after {@code :} if any; empty for root
 * @param exposedPorts such as {@code 80/tcp}
 * @param env as {@code NAME=value}
 * @param entrypoint put before the command
 * @param workingDir absolute; empty for the root
 * @param stopSignal name or number; absent for SIGTERM
 * @param argsEscaped of use with Windows only
 * @param shell for the shell form of a Dockerfile's instructions
 * @param onBuild instructions for a build on top of this image
 * @param extra members that this type does not know
 * @see "OCI image-spec v1.1, config.md, Properties, config"
 */
public record ExecutionDefaults(
        String user,
        List<String> exposedPorts,
        List<String> env,
        List<String> entrypoint,
        List<String> cmd,
        List<String> volumes,
        String workingDir,
        Map<String, String> labels,
        Optional<String> stopSignal,
        Optional<HealthCheck> healthcheck,
        boolean argsEscaped,
        List<String> shell,
        List<String> onBuild,
        JsonObject extra) {
    /** An image that says nothing. */
    public static final ExecutionDefaults NONE = fromJson(JsonObject.empty().fields());

    public ExecutionDefaults {
        exposedPorts = List.copyOf(exposedPorts);
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        volumes = List.copyOf(volumes);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        shell = List.copyOf(shell);
        onBuild = List.copyOf(onBuild);
    }

    /** {@return the object in a flat config.json} */
    public static ExecutionDefaults parse(byte[] document) {
        return fromJson(JsonObject.parse(document).fields());
    }

    public static ExecutionDefaults fromJson(Fields in) {
        Optional<Fields> healthcheck = in.object("Healthcheck");
        return new ExecutionDefaults(
                in.string("User").orElse(""),
                Json.set(in, "ExposedPorts"),
                in.strings("Env"),
                in.strings("Entrypoint"),
                in.strings("Cmd"),
                Json.set(in, "Volumes"),
                in.string("WorkingDir").orElse(""),
                in.stringMap("Labels"),
                in.string("StopSignal"),
                healthcheck.isPresent() ? Optional.of(HealthCheck.fromJson(healthcheck.get())) : Optional.empty(),
                in.flag("ArgsEscaped"),
                in.strings("Shell"),
                in.strings("OnBuild"),
                in.rest());
    }

    /** {@return this without the members that this type does not know} */
    public ExecutionDefaults known() {
        return new ExecutionDefaults(
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                volumes,
                workingDir,
                labels,
                stopSignal,
                healthcheck,
                argsEscaped,
                shell,
                onBuild,
                JsonObject.empty());
    }

    public JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder();
        if (!user.isEmpty()) {
            out.put("User", user);
        }
        out.putIfNotEmpty("ExposedPorts", Json.set(exposedPorts))
                .putIfNotEmpty("Env", env)
                .putIfNotEmpty("Entrypoint", entrypoint)
                .putIfNotEmpty("Cmd", cmd)
                .putIfNotEmpty("Volumes", Json.set(volumes));
        if (!workingDir.isEmpty()) {
            out.put("WorkingDir", workingDir);
        }
        out.putIfNotEmpty("Labels", labels).putIfPresent("StopSignal", stopSignal);
        if (healthcheck.isPresent()) {
            out.put("Healthcheck", healthcheck.get().toJson());
        }
        return out.putIfTrue("ArgsEscaped", argsEscaped)
                .putIfNotEmpty("OnBuild", onBuild)
                .putIfNotEmpty("Shell", shell)
                .putMissing(extra)
                .build();
    }
}
