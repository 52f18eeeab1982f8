package io.wherry.engine;

import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code container.json} keeps: what was asked, and what was settled when the container was created. Never changed by the pilot.
 *
 * @param id the id
 * @param name the name
 * @param created when, as an instant of ISO 8601
 * @param imageId digest of the image's configuration, if it came from an image
 * @param layers diff ids of its layers, which garbage collection must leave
 * @param driver the storage driver that keeps its root, or {@code folder}
 * @param address its address on the bridge, if it has one
 * @param stopSignal the number of the signal that asks it to end, as the image or the user says
 * @param command what is run: entry point and arguments, the image's where the user named none
 * @param imageLabels labels that the image gives to what is made from it
 * @param spec what was asked
 */
record ContainerRecord(
        ContainerId id,
        String name,
        String created,
        Optional<String> imageId,
        List<String> layers,
        String driver,
        Optional<String> address,
        Signal stopSignal,
        List<String> command,
        Map<String, String> imageLabels,
        ContainerSpec spec) {
    static final String FILE = "container.json";

    ContainerRecord with(ContainerSpec other) {
        return new ContainerRecord(
                id, name, created, imageId, layers, driver, address, stopSignal, command, imageLabels, other);
    }

    ContainerRecord named(String other) {
        return new ContainerRecord(
                id, other, created, imageId, layers, driver, address, stopSignal, command, imageLabels, spec);
    }

    /** {@return the image's labels, and the user's, which count more} */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>(imageLabels);
        labels.putAll(spec.labels());
        return labels;
    }

    byte[] bytes() {
        return JsonObject.builder()
                .put("version", 1)
                .put("id", id.text())
                .put("name", name)
                .put("created", created)
                .putIfPresent("imageId", imageId)
                .put("layers", layers)
                .put("driver", driver)
                .putIfPresent("address", address)
                .put("stopSignal", stopSignal.number())
                .put("command", command)
                .putIfNotEmpty("imageLabels", imageLabels)
                .put("spec", spec.toJson())
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    static ContainerRecord parse(byte[] bytes) {
        Fields fields = JsonObject.parse(bytes).fields();
        long version = fields.integer("version").orElse(0);
        if (version != 1) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "It was made by a version of Wherry whose containers have the format " + version
                            + "; this one knows format 1.");
        }
        return new ContainerRecord(
                new ContainerId(fields.requiredString("id")),
                fields.requiredString("name"),
                fields.requiredString("created"),
                fields.string("imageId"),
                fields.strings("layers"),
                fields.string("driver").orElse("folder"),
                fields.string("address"),
                new Signal((int) fields.integer("stopSignal").orElse(Signal.TERM.number())),
                fields.strings("command"),
                fields.stringMap("imageLabels"),
                ContainerSpec.parse(fields.rawObject("spec")));
    }
}
