package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A device file to make in the container.
 *
 * @param path absolute, inside of the container
 * @param type {@code c}, {@code b}, {@code u} or {@code p}
 * @param fileMode permission bits, such as 0666
 * @see "OCI runtime-spec v1.2, config-linux.md, Devices"
 */
public record DeviceNode(
        String path,
        String type,
        long major,
        long minor,
        OptionalInt fileMode,
        OptionalLong uid,
        OptionalLong gid,
        JsonObject extra) {

    public DeviceNode(String path, String type, long major, long minor, int fileMode, long uid, long gid) {
        this(
                path,
                type,
                major,
                minor,
                OptionalInt.of(fileMode),
                OptionalLong.of(uid),
                OptionalLong.of(gid),
                JsonObject.empty());
    }

    static DeviceNode fromJson(Fields in) {
        return new DeviceNode(
                in.requiredString("path"),
                in.requiredString("type"),
                in.integer("major", 0, 0xfff).orElse(0),
                in.integer("minor", 0, 0xfffff).orElse(0),
                in.int32("fileMode"),
                in.integer("uid", 0, 0xffff_fffeL),
                in.integer("gid", 0, 0xffff_fffeL),
                in.rest());
    }

    JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder().put("path", path).put("type", type);
        if (!type.equals("p")) {
            out.put("major", major).put("minor", minor);
        }
        return out.putIfPresent("fileMode", fileMode)
                .putIfPresent("uid", uid)
                .putIfPresent("gid", gid)
                .putMissing(extra)
                .build();
    }
}
