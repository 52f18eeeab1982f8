package io.wherry.cli.command;

import io.wherry.engine.Container;
import io.wherry.engine.ContainerDetails;
import io.wherry.engine.ContainerSpec;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One container as {@code inspect} shows it: docker's document (API 1.41, ContainerInspect), with its names, its order and its empty values, so that what reads docker's reads this; and {@code Spec},
 * all that was asked. A class for each section.
 */
final class ContainerDocument {
    private ContainerDocument() {}

    static JsonObject of(ContainerDetails details) {
        Container container = details.container();
        ContainerSpec spec = container.spec();
        Path folder = details.folder();
        List<String> words =
                details.config().map(config -> config.process().args()).orElse(List.of());
        boolean logs = spec.logDriver().orElse("json-file").equals("json-file");
        return JsonObject.builder()
                .put("Id", container.id())
                .put("Created", container.created())
                .put("Path", words.isEmpty() ? "" : words.getFirst())
                .put("Args", JsonArray.ofStrings(words.isEmpty() ? List.of() : words.subList(1, words.size())))
                .put("State", StateDocument.of(container))
                .put("Image", container.imageId().orElse(""))
                .put("ResolvConfPath", folder.resolve("resolv.conf").toString())
                .put("HostnamePath", folder.resolve("hostname").toString())
                .put("HostsPath", folder.resolve("hosts").toString())
                .put("LogPath", logs ? folder.resolve("log").toString() : "")
                .put("Name", "/" + container.name())
                .put("RestartCount", container.restarts())
                .put("Driver", container.driver())
                .put("Platform", "linux")
                .put("MountLabel", "")
                .put("ProcessLabel", "")
                .put("AppArmorProfile", "")
                .put(
                        "ExecIDs",
                        details.executions().isEmpty() ? JsonNull.INSTANCE : JsonArray.ofStrings(details.executions()))
                .put("HostConfig", HostConfigDocument.of(spec, details.config()))
                .put("GraphDriver", graphDriver(container, folder))
                .put("Mounts", MountDocument.list(details))
                .put("Config", ConfigDocument.of(details))
                .put("NetworkSettings", NetworkDocument.of(container, details.lease()))
                .put("Spec", spec.toJson())
                .build();
    }

    /** Which folders hold what the container wrote, where the driver keeps it apart. */
    private static JsonObject graphDriver(Container container, Path folder) {
        JsonValue data = container.driver().equals("overlay")
                ? JsonObject.builder()
                        .put("UpperDir", folder.resolve("upper").toString())
                        .put("WorkDir", folder.resolve("work").toString())
                        .build()
                : JsonNull.INSTANCE;
        return JsonObject.builder()
                .put("Data", data)
                .put("Name", container.driver())
                .build();
    }

    /** {@return the list; null where it is empty, as docker has it} */
    static JsonValue listOrNull(List<String> list) {
        return list.isEmpty() ? JsonNull.INSTANCE : JsonArray.ofStrings(list);
    }

    /** {@return the text or null} */
    static JsonValue textOrNull(Optional<String> text) {
        return text.isEmpty() ? JsonNull.INSTANCE : new JsonString(text.get());
    }
}
