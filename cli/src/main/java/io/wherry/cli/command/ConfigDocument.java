package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.engine.ContainerDetails;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.MountSpec;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The section Config of {@link ContainerDocument}: what was asked, and what the image says where nothing was. */
final class ConfigDocument {
    private ConfigDocument() {}

    static JsonObject of(ContainerDetails details) {
        ContainerSpec spec = details.container().spec();
        ExecutionDefaults image = details.image();
        boolean attached = !spec.detached();
        JsonObject.Builder config = JsonObject.builder()
                .put("Hostname", hostname(details, spec))
                .put("Domainname", spec.domainname().orElse(""))
                .put("User", spec.user().orElse(image.user()))
                .put("AttachStdin", attached && spec.interactive())
                .put("AttachStdout", attached)
                .put("AttachStderr", attached);
        if (!image.exposedPorts().isEmpty()) {
            config.put("ExposedPorts", keys(image.exposedPorts()));
        }
        config.put("Tty", spec.terminal())
                .put("OpenStdin", spec.interactive())
                .put("StdinOnce", attached && spec.interactive())
                .put("Env", environment(spec, image))
                .put("Cmd", ContainerDocument.listOrNull(command(spec, image)));
        Optional<HealthCheck> check = spec.healthcheck()
                .map(own -> image.healthcheck().map(own::over).orElse(own))
                .or(image::healthcheck);
        check.ifPresent(one -> config.put("Healthcheck", one.toJson()));
        config.put("Image", spec.image().orElse(""))
                .put("Volumes", volumes(spec, image))
                .put("WorkingDir", spec.workdir().orElse(image.workingDir()))
                .put(
                        "Entrypoint",
                        ContainerDocument.listOrNull(spec.entrypoint().orElse(image.entrypoint())))
                .put("OnBuild", ContainerDocument.listOrNull(image.onBuild()))
                .put("Labels", details.container().labels())
                .putIfPresent("StopSignal", spec.stopSignal().or(image::stopSignal))
                .putIfPresent("StopTimeout", spec.stopTimeout());
        return config.build();
    }

    private static String hostname(ContainerDetails details, ContainerSpec spec) {
        return spec.hostname().orElse(Human.shortId(details.container().id()));
    }

    /** An entrypoint of the user's replaces the image's command too. */
    private static List<String> command(ContainerSpec spec, ExecutionDefaults image) {
        boolean own = !spec.command().isEmpty() || spec.entrypoint().isPresent();
        return own ? spec.command() : image.cmd();
    }

    /** The user's first, then the image's that they do not replace. */
    private static List<String> environment(ContainerSpec spec, ExecutionDefaults image) {
        List<String> variables = new ArrayList<>(spec.env());
        for (String variable : image.env()) {
            String name = variable.substring(0, Math.max(0, variable.indexOf('=')) + 1);
            if (spec.env().stream().noneMatch(own -> own.startsWith(name))) {
                variables.add(variable);
            }
        }
        return variables;
    }

    /** Where the image has its data, and where the user wants volumes without a name. */
    private static JsonValue volumes(ContainerSpec spec, ExecutionDefaults image) {
        List<String> targets = new ArrayList<>(image.volumes());
        for (MountSpec mount : spec.mounts()) {
            if (mount.isAnonymous() && !targets.contains(mount.target())) {
                targets.add(mount.target());
            }
        }
        return targets.isEmpty() ? JsonNull.INSTANCE : keys(targets);
    }

    /** A set, as Go writes one. */
    private static JsonValue keys(List<String> keys) {
        JsonObject.Builder set = JsonObject.builder();
        for (String key : keys) {
            set.put(key, JsonObject.empty());
        }
        return set.build();
    }
}
