package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;

/**
 * The root filesystem.
 *
 * @param path absolute, or relative to the bundle
 * @see "OCI runtime-spec v1.2, config.md, Root"
 */
public record Root(String path, boolean readonly, JsonObject extra) {
    public Root(String path, boolean readonly) {
        this(path, readonly, JsonObject.empty());
    }

    static Root fromJson(Fields in) {
        return new Root(in.requiredString("path"), in.flag("readonly"), in.rest());
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("path", path)
                .putIfTrue("readonly", readonly)
                .putMissing(extra)
                .build();
    }
}
