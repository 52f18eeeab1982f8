package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.engine.Container;
import io.wherry.engine.DiskUsage;
import io.wherry.oci.Digest;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is on the disk as {@code system df} prints it, by docker's field names. Numbers of bytes are there beside their texts.
 *
 * @param now seconds since 1970
 */
record DiskReport(DiskUsage usage, long now) {
    private static final Map<DiskUsage.Kind, String> NAMES = Map.of(
            DiskUsage.Kind.IMAGES, "Images",
            DiskUsage.Kind.CONTAINERS, "Containers",
            DiskUsage.Kind.VOLUMES, "Local Volumes",
            DiskUsage.Kind.LOGS, "Logs",
            DiskUsage.Kind.DOWNLOADS, "Downloads begun",
            DiskUsage.Kind.CACHE, "Folder Cache",
            DiskUsage.Kind.LEFTOVERS, "Leftovers",
            DiskUsage.Kind.RESERVE, "Reserve",
            DiskUsage.Kind.RECORDS, "Records");

    /** How the parts are printed. */
    static final Listing PARTS = new Listing(
            titles(
                    "Type",
                    "TYPE",
                    "TotalCount",
                    "TOTAL",
                    "Active",
                    "ACTIVE",
                    "Size",
                    "SIZE",
                    "Reclaimable",
                    "RECLAIMABLE"),
            List.of("Type", "TotalCount", "Active", "Size", "Reclaimable"));

    private static final Listing IMAGES = new Listing(
            titles(
                    "Repository",
                    "REPOSITORY",
                    "Tag",
                    "TAG",
                    "ID",
                    "IMAGE ID",
                    "CreatedSince",
                    "CREATED",
                    "Size",
                    "SIZE",
                    "SharedSize",
                    "SHARED SIZE",
                    "UniqueSize",
                    "UNIQUE SIZE",
                    "Containers",
                    "CONTAINERS"),
            List.of("Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"));

    private static final Listing CONTAINERS = new Listing(
            titles(
                    "ID",
                    "CONTAINER ID",
                    "Image",
                    "IMAGE",
                    "Command",
                    "COMMAND",
                    "Size",
                    "SIZE",
                    "LogSize",
                    "LOG SIZE",
                    "RunningFor",
                    "CREATED",
                    "Status",
                    "STATUS",
                    "Names",
                    "NAMES"),
            List.of("ID", "Image", "Command", "Size", "LogSize", "RunningFor", "Status", "Names"));

    private static final Listing LAYERS = new Listing(
            titles("Driver", "DRIVER", "Layer", "LAYER", "Size", "SIZE", "Images", "IMAGES"),
            List.of("Driver", "Layer", "Size", "Images"));

    private static JsonObject titles(String... pairs) {
        JsonObject.Builder titles = JsonObject.builder();
        for (int i = 0; i < pairs.length; i += 2) {
            titles.put(pairs[i], pairs[i + 1]);
        }
        return titles.build();
    }

    /** {@return a row for each part} */
    List<JsonObject> parts() {
        List<JsonObject> rows = new ArrayList<>();
        for (DiskUsage.Part part : usage.parts()) {
            long percent = part.bytes() == 0 ? 0 : part.reclaimable() * 100 / part.bytes();
            rows.add(JsonObject.builder()
                    .put("Type", NAMES.getOrDefault(part.kind(), ""))
                    .put("TotalCount", Integer.toString(part.total()))
                    .put("Active", Integer.toString(part.active()))
                    .put("Size", Human.size(part.bytes()))
                    .put("Reclaimable", Human.size(part.reclaimable()) + " (" + percent + "%)")
                    .put("Bytes", part.bytes())
                    .put("ReclaimableBytes", part.reclaimable())
                    .build());
        }
        return rows;
    }

    private List<JsonObject> images() {
        List<JsonObject> rows = new ArrayList<>();
        for (DiskUsage.OfImage one : usage.images()) {
            JsonObject.Builder row = JsonObject.builder();
            for (Map.Entry<String, JsonValue> field :
                    ImageRow.of(one.image(), false, now).members().entrySet()) {
                row.put(field.getKey(), field.getValue());
            }
            rows.add(row.put("Size", Human.size(one.shared() + one.unique()))
                    .put("SharedSize", Human.size(one.shared()))
                    .put("UniqueSize", Human.size(one.unique()))
                    .put("Containers", Integer.toString(one.containers()))
                    .put("SharedBytes", one.shared())
                    .put("UniqueBytes", one.unique())
                    .build());
        }
        return rows;
    }

    private List<JsonObject> containers() {
        List<JsonObject> rows = new ArrayList<>();
        for (DiskUsage.OfContainer one : usage.containers()) {
            Container container = one.container();
            JsonObject.Builder row = JsonObject.builder();
            for (Map.Entry<String, JsonValue> field :
                    ContainerRow.of(container, false, now, false).members().entrySet()) {
                row.put(field.getKey(), field.getValue());
            }
            rows.add(row.put("Size", Human.size(one.bytes()))
                    .put("LogSize", Human.size(one.log()))
                    .put("Bytes", one.bytes())
                    .put("LogBytes", one.log())
                    .build());
        }
        return rows;
    }

    private List<JsonObject> layers() {
        List<JsonObject> rows = new ArrayList<>();
        for (DiskUsage.OfLayer layer : usage.layers()) {
            rows.add(JsonObject.builder()
                    .put("Driver", layer.driver())
                    .put("Layer", layer.name())
                    .put("Size", Human.size(layer.bytes()))
                    .put("Images", ids(layer.images()))
                    .put("Bytes", layer.bytes())
                    .build());
        }
        return rows;
    }

    private static String ids(Set<Digest> images) {
        Set<String> ids = new TreeSet<>();
        for (Digest image : images) {
            ids.add(Human.shortId(image.hex()));
        }
        return ids.isEmpty() ? "none" : String.join(" ", ids);
    }

    /** {@return all of it as one object} */
    JsonObject document() {
        return JsonObject.builder()
                .put("Parts", JsonArray.of(List.copyOf(parts())))
                .put("Images", JsonArray.of(List.copyOf(images())))
                .put("Containers", JsonArray.of(List.copyOf(containers())))
                .put("Layers", JsonArray.of(List.copyOf(layers())))
                .put("Bytes", usage.bytes())
                .build();
    }

    /** {@return all of it for people} */
    String text() {
        return "Images space usage:\n\n" + table(IMAGES, images()) + "\nContainers space usage:\n\n"
                + table(CONTAINERS, containers()) + "\nLayers space usage:\n\n" + table(LAYERS, layers())
                + "\nEverything:\n\n" + table(PARTS, parts()) + "\nTotal: " + Human.size(usage.bytes()) + "\n";
    }

    private static String table(Listing listing, List<JsonObject> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        listing.print(out, rows, new Listing.Words());
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
