package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;

/**
 * The five sets of capabilities of a process, by the kernel's names ({@code CAP_NET_BIND_SERVICE}).
 *
 * @see "OCI runtime-spec v1.2, config.md, Linux Process, capabilities"
 * @see "capabilities(7)"
 */
public record Capabilities(
        List<String> bounding,
        List<String> effective,
        List<String> inheritable,
        List<String> permitted,
        List<String> ambient,
        JsonObject extra) {
    public static final Capabilities NONE = new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of());

    public Capabilities {
        bounding = List.copyOf(bounding);
        effective = List.copyOf(effective);
        inheritable = List.copyOf(inheritable);
        permitted = List.copyOf(permitted);
        ambient = List.copyOf(ambient);
    }

    public Capabilities(
            List<String> bounding,
            List<String> effective,
            List<String> inheritable,
            List<String> permitted,
            List<String> ambient) {
        this(bounding, effective, inheritable, permitted, ambient, JsonObject.empty());
    }

    static Capabilities fromJson(Fields in) {
        return new Capabilities(
                in.strings("bounding"),
                in.strings("effective"),
                in.strings("inheritable"),
                in.strings("permitted"),
                in.strings("ambient"),
                in.rest());
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .putIfNotEmpty("bounding", bounding)
                .putIfNotEmpty("effective", effective)
                .putIfNotEmpty("inheritable", inheritable)
                .putIfNotEmpty("permitted", permitted)
                .putIfNotEmpty("ambient", ambient)
                .putMissing(extra)
                .build();
    }
}
