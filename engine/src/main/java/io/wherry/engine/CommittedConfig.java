package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration of an image that is committed: the document of the image below, what the container was given of its own, what was asked for. Pure functions. */
final class CommittedConfig {
    private CommittedConfig() {}

    /** Refuses changes that are not understood. */
    static void check(ImageConfig parent, CommitSpec spec, long second) {
        ImageChanges.apply(parent, spec.changes());
        Timestamp.of(second, 0);
    }

    static ImageConfig of(ContainerCommit.Base base, CommitSpec spec, Digest diffId, long second) {
        String created = Timestamp.of(second, 0);
        JsonObject document = base.below().document();
        List<String> diffIds = new ArrayList<>();
        base.below().diffIds().forEach(each -> diffIds.add(each.toString()));
        diffIds.add(diffId.toString());
        List<JsonValue> history = new ArrayList<>();
        document.get("history").ifPresent(array -> {
            if (array instanceof JsonArray steps) {
                history.addAll(steps.elements());
            }
        });
        JsonObject.Builder step = JsonObject.builder().put("created", created).put("created_by", base.command());
        JsonObject.Builder out = document.toBuilder().put("created", created);
        if (spec.author().isEmpty()) {
            out.remove("author"); // whoever made the image below did not make this one
        } else {
            out.put("author", spec.author());
            step.put("author", spec.author());
        }
        if (!spec.message().isEmpty()) {
            step.put("comment", spec.message());
        }
        history.add(step.build());
        // What docker keeps of the container that the image below was made in.
        out.remove("container").remove("container_config").remove("docker_version");
        out.put("config", base.config())
                .put(
                        "rootfs",
                        JsonObject.builder()
                                .put("type", "layers")
                                .put("diff_ids", diffIds)
                                .build())
                .put("history", JsonArray.of(history));
        return ImageChanges.apply(ImageConfig.of(out.build()), spec.changes());
    }

    /** The image's, and over it what the container was given when it was made. */
    static JsonObject config(ImageConfig parent, ContainerSpec spec) {
        ExecutionDefaults image = parent.execution();
        JsonObject.Builder out = parent.document().fields().rawObject("config").toBuilder();
        if (spec.entrypoint().isPresent()) {
            out.put("Entrypoint", spec.entrypoint().get());
            out.remove("Cmd"); // it was an argument for another program
        }
        if (!spec.command().isEmpty()) {
            out.put("Cmd", spec.command());
        }
        if (!spec.env().isEmpty()) {
            List<String> environment = new ArrayList<>(image.env());
            spec.env().forEach(variable -> ConfigCompiler.put(environment, variable));
            out.put("Env", environment);
        }
        spec.user().ifPresent(user -> out.put("User", user));
        spec.workdir().ifPresent(folder -> out.put("WorkingDir", folder));
        spec.stopSignal().ifPresent(signal -> out.put("StopSignal", signal));
        spec.healthcheck().ifPresent(check -> out.put("Healthcheck", check.toJson()));
        if (!spec.labels().isEmpty()) {
            Map<String, String> labels = new LinkedHashMap<>(image.labels());
            labels.putAll(spec.labels());
            out.put("Labels", labels);
        }
        return out.build();
    }
}
