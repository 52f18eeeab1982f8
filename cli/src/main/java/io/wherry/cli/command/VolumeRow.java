package io.wherry.cli.command;

import io.wherry.engine.KeptVolume;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One volume as {@code volume ls} shows it, by docker's field names. */
final class VolumeRow {
    private static final JsonObject TITLES = JsonObject.builder()
            .put("Driver", "DRIVER")
            .put("Labels", "LABELS")
            .put("Links", "LINKS")
            .put("Mountpoint", "MOUNTPOINT")
            .put("Name", "VOLUME NAME")
            .put("Scope", "SCOPE")
            .put("Size", "SIZE")
            .build();

    /** How {@code volume ls} prints. */
    static final Listing LISTING = new Listing(TITLES, List.of("Driver", "Name"), "Name");

    private VolumeRow() {}

    static JsonObject of(KeptVolume kept) {
        List<String> labels = new ArrayList<>();
        for (Map.Entry<String, String> label : VolumeDocument.labels(kept).entrySet()) {
            labels.add(label.getKey() + "=" + label.getValue());
        }
        return JsonObject.builder()
                .put("Driver", kept.volume().driver())
                .put("Labels", String.join(",", labels))
                .put("Links", "N/A")
                .put("Mountpoint", kept.mountpoint().toString())
                .put("Name", kept.volume().name())
                .put("Scope", VolumeDocument.SCOPE)
                .put("Size", "N/A")
                .build();
    }
}
