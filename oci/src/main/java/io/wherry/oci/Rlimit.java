package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;

/**
 * A limit of a process.
 *
 * @param type such as {@code RLIMIT_NOFILE}
 * @param soft 64 bits without sign; all ones is {@link #INFINITY}
 * @param hard 64 bits without sign; all ones is {@link #INFINITY}
 * @see "OCI runtime-spec v1.2, config.md, POSIX process, rlimits"
 * @see "getrlimit(2)"
 */
public record Rlimit(String type, long soft, long hard) {
    public static final long INFINITY = -1;

    static Rlimit fromJson(Fields in) {
        return new Rlimit(
                in.requiredString("type"),
                in.unsigned("soft").orElseThrow(() -> in.problem("soft", "is missing.")),
                in.unsigned("hard").orElseThrow(() -> in.problem("hard", "is missing.")));
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("type", type)
                .put("hard", JsonNumber.ofUnsigned(hard))
                .put("soft", JsonNumber.ofUnsigned(soft))
                .build();
    }
}
