package io.wherry.engine;

import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonException;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code config.json} of a plain folder: an image's {@code config} object, flat, with two words of the user's own, {@code net} and {@code rw}. People edit it, so errors tell line and
 * column; keys that are not known are passed over, since other tools may know them. Immutable.
 *
 * @param user {@code user[:group]}; empty for root
 * @param hostname empty for one that is made up
 * @param workdir absolute; empty for the root
 * @param env {@code NAME=value}
 * @param volumes what is mounted, in order
 * @param net whether it has the host's network; else it has none
 * @param rw whether it may write into its root
 * @see "OCI image-spec v1.1, config.md, Properties, config"
 * @see "d-utils, README, Config"
 */
record FolderConfig(
        String user,
        String hostname,
        String workdir,
        List<String> env,
        List<FolderVolume> volumes,
        List<String> entrypoint,
        List<String> cmd,
        Optional<String> stopSignal,
        boolean net,
        boolean rw) {
    FolderConfig {
        env = List.copyOf(env);
        volumes = List.copyOf(volumes);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
    }

    /**
     * {@return what a document says}
     *
     * @param file how its reader knows it
     * @throws WherryException of kind INVALID for one that is not understood, UNSUPPORTED for an OCI bundle's
     */
    static FolderConfig parse(String file, byte[] document) {
        try {
            Fields fields = JsonObject.parse(document).fields();
            if (fields.any("ociVersion").isPresent()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        file + " has `ociVersion`, so the folder is an OCI bundle, which Wherry does not run.",
                        "`runc run -b FOLDER NAME` does.");
            }
            return read(fields);
        } catch (JsonException e) {
            throw e.at(file, document);
        }
    }

    /**
     * {@return the same as an image says it}: without what a folder's user alone may say, which {@code notes} name, and without members that images do not have.
     *
     * @param document what was parsed
     */
    ExecutionDefaults image(String file, byte[] document, List<String> notes) {
        List<String> left = new ArrayList<>();
        if (net) {
            left.add("`net`");
        }
        if (rw) {
            left.add("`rw`");
        }
        JsonObject.Builder kept = JsonObject.builder();
        for (FolderVolume volume : volumes) {
            if (volume.host().isEmpty()) {
                kept.put(volume.path(), JsonObject.empty());
            } else {
                left.add("the volume `" + volume.host().get() + ":" + volume.path() + "`");
            }
        }
        if (!left.isEmpty()) {
            notes.add("Left out of the image: " + String.join(", ", left) + ". That is for whoever runs it to say.");
        }
        try {
            return ExecutionDefaults.fromJson(JsonObject.parse(document).toBuilder()
                            .put("Volumes", kept.build())
                            .build()
                            .fields())
                    .known();
        } catch (JsonException e) {
            throw e.at(file, document);
        }
    }

    private static FolderConfig read(Fields in) {
        List<String> env = in.strings("Env");
        for (int i = 0; i < env.size(); i++) {
            if (env.get(i).indexOf('=') <= 0) {
                throw in.problem("Env[" + i + "]", "must be `NAME=value`, found `" + env.get(i) + "`");
            }
        }
        String workdir = in.string("WorkingDir").orElse("");
        if (!workdir.isEmpty() && !workdir.startsWith("/")) {
            throw in.problem("WorkingDir", "must be an absolute path, found `" + workdir + "`");
        }
        return new FolderConfig(
                in.string("User").orElse(""),
                in.string("Hostname").orElse(""),
                workdir,
                env,
                volumes(in),
                in.strings("Entrypoint"),
                in.strings("Cmd"),
                in.string("StopSignal"),
                in.flag("net"),
                in.flag("rw"));
    }

    /** An object whose keys are volumes, as images have it; an array of them is understood too. */
    private static List<FolderVolume> volumes(Fields in) {
        Optional<JsonValue> value = in.any("Volumes");
        List<FolderVolume> volumes = new ArrayList<>();
        if (value.isEmpty()) {
            return volumes;
        }
        if (value.get() instanceof JsonObject object) {
            for (String key : object.members().keySet()) {
                volumes.add(FolderVolume.parse(in, "Volumes." + key, key));
            }
        } else if (value.get() instanceof JsonArray array) {
            for (JsonValue element : array.elements()) {
                String place = "Volumes[" + volumes.size() + "]";
                if (!(element instanceof JsonString text)) {
                    throw in.problem(place, "must be a string, found " + element.what());
                }
                volumes.add(FolderVolume.parse(in, place, text.value()));
            }
        } else {
            throw in.problem(
                    "Volumes", "must be an object, found " + value.get().what());
        }
        return volumes;
    }
}
