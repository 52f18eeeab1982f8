package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whom the process runs as, in the container's user namespace.
 *
 * @param uid 0 to 2^32-2
 * @param gid 0 to 2^32-2
 * @param umask as bits, such as 0022
 * @param username of use with Windows only
 * @see "OCI runtime-spec v1.2, config.md, POSIX-platform User"
 */
public record User(
        long uid, long gid, OptionalInt umask, List<Long> additionalGids, Optional<String> username, JsonObject extra) {
    public static final User ROOT = new User(0, 0);

    public User {
        additionalGids = List.copyOf(additionalGids);
    }

    public User(long uid, long gid) {
        this(uid, gid, OptionalInt.empty(), List.of(), Optional.empty(), JsonObject.empty());
    }

    public User(long uid, long gid, List<Long> additionalGids) {
        this(uid, gid, OptionalInt.empty(), additionalGids, Optional.empty(), JsonObject.empty());
    }

    static User fromJson(Fields in) {
        List<Long> gids = in.integers("additionalGids");
        for (long gid : gids) {
            if (gid < 0 || gid > 0xffff_fffeL) {
                throw in.problem("additionalGids", "must hold ids between 0 and 4294967294, found " + gid);
            }
        }
        long umask = in.integer("umask", 0, 0777).orElse(-1);
        return new User(
                Json.id(in, "uid"),
                Json.id(in, "gid"),
                umask < 0 ? OptionalInt.empty() : OptionalInt.of((int) umask),
                gids,
                in.string("username"),
                in.rest());
    }

    JsonObject toJson() {
        JsonObject.Builder out =
                JsonObject.builder().put("uid", uid).put("gid", gid).putIfPresent("umask", umask);
        List<JsonValue> gids = new ArrayList<>();
        for (long gid : additionalGids) {
            gids.add(JsonNumber.of(gid));
        }
        return out.putIfNotEmpty("additionalGids", JsonArray.of(gids))
                .putIfPresent("username", username)
                .putMissing(extra)
                .build();
    }
}
