package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A mount that was asked for.
 *
 * @param type what is mounted
 * @param source a path of the host, for a bind; absent for a temporary filesystem
 * @param target absolute path in the container
 * @param options as in fstab(5): {@code ro}, {@code rw}, {@code size=64m}, {@code rprivate}, …
 */
public record MountSpec(Type type, Optional<String> source, String target, List<String> options) {
    /** What can be mounted. */
    public enum Type {
        /** A file or folder of the host. */
        BIND,
        /** A temporary filesystem in memory. */
        TMPFS,
        /** A folder of the host under a throw-away layer. */
        OVERLAY
    }

    /** Copies the options. */
    public MountSpec {
        options = List.copyOf(options);
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("type", typeName())
                .putIfPresent("source", source)
                .put("target", target)
                .put("options", options)
                .build();
    }

    /** {@return the type as users write it: bind, tmpfs, overlay} */
    public String typeName() {
        return type == Type.BIND ? "bind" : type == Type.TMPFS ? "tmpfs" : "overlay";
    }

    static MountSpec parse(Fields fields) {
        String type = fields.requiredString("type");
        return new MountSpec(
                switch (type) {
                    case "bind" -> Type.BIND;
                    case "tmpfs" -> Type.TMPFS;
                    case "overlay" -> Type.OVERLAY;
                    default ->
                        throw new WherryException(
                                WherryException.Kind.CORRUPT, "A stored mount has the unknown type `" + type + "`.");
                },
                fields.string("source"),
                fields.requiredString("target"),
                fields.strings("options"));
    }
}
