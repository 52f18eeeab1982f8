package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps {@code size} ids that begin with {@code containerId} inside to those that begin with {@code hostId} outside.
 *
 * @see "OCI runtime-spec v1.2, config-linux.md, User namespace mappings"
 * @see "user_namespaces(7)"
 */
public record IdMapping(long containerId, long hostId, long size) {

    static List<IdMapping> list(Fields in, String name) {
        List<IdMapping> out = new ArrayList<>();
        for (Fields mapping : in.objects(name)) {
            long size = mapping.integer("size", 1, 0xffff_ffffL).orElse(0);
            if (size == 0) {
                throw mapping.problem("size", "is missing.");
            }
            out.add(new IdMapping(Json.id(mapping, "containerID"), Json.id(mapping, "hostID"), size));
        }
        return out;
    }

    static JsonArray array(List<IdMapping> mappings) {
        List<JsonValue> out = new ArrayList<>();
        for (IdMapping mapping : mappings) {
            out.add(JsonObject.builder()
                    .put("containerID", mapping.containerId)
                    .put("hostID", mapping.hostId)
                    .put("size", mapping.size)
                    .build());
        }
        return JsonArray.of(out);
    }
}
