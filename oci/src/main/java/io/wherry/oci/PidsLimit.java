package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.OptionalLong;

/**
 * How many tasks the container may have; -1 is no limit.
 *
 * @see "OCI runtime-spec v1.2, config-linux.md, PIDs"
 */
public record PidsLimit(OptionalLong limit) {
    public static final PidsLimit NONE = new PidsLimit(OptionalLong.empty());

    public static PidsLimit of(long limit) {
        return new PidsLimit(OptionalLong.of(limit));
    }

    static PidsLimit fromJson(Fields in) {
        return new PidsLimit(in.integer("limit"));
    }

    JsonObject toJson() {
        return JsonObject.builder().putIfPresent("limit", limit).build();
    }
}
