package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mount inside of the container; mounts are made in the order of the list.
 *
 * @param destination absolute, inside of the container
 * @param type a filesystem's name, or {@code bind}; absent for a bind mount by its options
 * @param source a path of the host for a bind mount, else what the filesystem takes
 * @param options as in fstab(5): flags and what the filesystem takes
 * @param uidMappings for an id-mapped mount; empty for none
 * @param gidMappings for an id-mapped mount; empty for none
 * @see "OCI runtime-spec v1.2, config.md, Mounts"
 */
public record Mount(
        String destination,
        Optional<String> type,
        Optional<String> source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        JsonObject extra) {

    public Mount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    public Mount(String destination, String type, String source, List<String> options) {
        this(destination, Optional.of(type), Optional.of(source), options, List.of(), List.of(), JsonObject.empty());
    }

    public Mount(String destination, String type, String source, String... options) {
        this(destination, type, source, List.of(options));
    }

    /** {@return whether this binds a file or folder of the host, by its type or by its options} */
    public boolean isBind() {
        return type.orElse("").equals("bind") || options.contains("bind") || options.contains("rbind");
    }

    static Mount fromJson(Fields in) {
        return new Mount(
                in.requiredString("destination"),
                in.string("type"),
                in.string("source"),
                in.strings("options"),
                IdMapping.list(in, "uidMappings"),
                IdMapping.list(in, "gidMappings"),
                in.rest());
    }

    static List<Mount> list(Fields in, String name) {
        List<Mount> out = new ArrayList<>();
        for (Fields mount : in.objects(name)) {
            out.add(fromJson(mount));
        }
        return out;
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("destination", destination)
                .putIfPresent("type", type)
                .putIfPresent("source", source)
                .putIfNotEmpty("options", options)
                .putIfNotEmpty("uidMappings", IdMapping.array(uidMappings))
                .putIfNotEmpty("gidMappings", IdMapping.array(gidMappings))
                .putMissing(extra)
                .build();
    }
}
