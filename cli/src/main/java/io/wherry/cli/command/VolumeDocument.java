package io.wherry.cli.command;

import io.wherry.engine.KeptVolume;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.store.volume.Volume;
import java.util.LinkedHashMap;
import java.util.Map;

/** One volume as {@code volume inspect} shows it: docker's document (API 1.41, VolumeInspect). */
final class VolumeDocument {
    /** Whose a volume is: this host's. */
    static final String SCOPE = "local";

    /** What docker labels volumes with that nobody has given a name (since 23). */
    private static final String ANONYMOUS = "com.docker.volume.anonymous";

    private static final int SECONDS = 19; // of an instant, up to its fraction

    private VolumeDocument() {}

    static JsonObject of(KeptVolume kept) {
        Volume volume = kept.volume();
        return JsonObject.builder()
                .put("CreatedAt", volume.created().substring(0, SECONDS) + "Z")
                .put("Driver", volume.driver())
                .put("Labels", pairs(labels(kept)))
                .put("Mountpoint", kept.mountpoint().toString())
                .put("Name", volume.name())
                .put("Options", pairs(volume.options()))
                .put("Scope", SCOPE)
                .build();
    }

    static Map<String, String> labels(KeptVolume kept) {
        Map<String, String> labels = new LinkedHashMap<>(kept.volume().labels());
        if (kept.volume().anonymous()) {
            labels.put(ANONYMOUS, "");
        }
        return labels;
    }

    /** Docker has null where there is none. */
    private static JsonValue pairs(Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        JsonObject.Builder json = JsonObject.builder();
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            json.put(pair.getKey(), pair.getValue());
        }
        return json.build();
    }
}
