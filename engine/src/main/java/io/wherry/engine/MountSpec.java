package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mount that was asked for.
 *
 * @param type what is mounted
 * @param source a path of the host, for a bind; the name of an image; the name of a volume, absent for one that is to be made for the container alone; absent for a temporary filesystem
 * @param target absolute path in the container
 * @param options as in fstab(5): {@code ro}, {@code rw}, {@code size=64m}, {@code rprivate}, …; of a bind also {@code create}, of a bind or a volume {@code U}, {@code idmap} and
 *     {@code z}, of a volume {@code nocopy}, {@code subpath=PATH}, and, for one that is not there yet, {@code driver=NAME},
 *     {@code opt=KEY=VALUE}, {@code label=KEY=VALUE}
 */
public record MountSpec(Type type, Optional<String> source, String target, List<String> options) {
    /** What can be mounted. */
    public enum Type {
        /** A file or folder of the host. */
        BIND,
        /** A volume. */
        VOLUME,
        /** An image's files, which cannot be written. */
        IMAGE,
        /** A temporary filesystem in memory. */
        TMPFS,
        /** A folder of the host under a throw-away layer. */
        OVERLAY;

        /** {@return the type as users write it} */
        private String word() {
            return switch (this) {
                case BIND -> "bind";
                case VOLUME -> "volume";
                case IMAGE -> "image";
                case TMPFS -> "tmpfs";
                case OVERLAY -> "overlay";
            };
        }
    }

    /** The option of a volume that was made for one container, without a name of the user's. */
    public static final String ANONYMOUS = "anonymous";

    /** The option of a bind whose source is made, as an empty folder, if it is not there. */
    public static final String CREATE = "create";

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

    /** {@return the type as users write it: bind, volume, tmpfs, overlay} */
    public String typeName() {
        return type.word();
    }

    /** {@return the options that a mount has; others say how it is prepared} */
    List<String> mountOptions() {
        List<String> kept = new ArrayList<>();
        for (String option : options) {
            switch (option) {
                case "nocopy", "z", "Z", "U", "idmap", ANONYMOUS, CREATE -> {}
                default -> {
                    if (option.indexOf('=') < 0 || type == Type.TMPFS) {
                        kept.add(option);
                    }
                }
            }
        }
        return kept;
    }

    /** {@return whether it is a volume that was made for the container alone, and has a name that nobody chose} */
    public boolean isAnonymous() {
        return type == Type.VOLUME && options.contains(ANONYMOUS);
    }

    /** {@return the value of an option {@code KEY=VALUE}, if it is there} */
    public Optional<String> value(String key) {
        for (String option : options) {
            if (option.startsWith(key) && option.startsWith("=", key.length())) {
                return Optional.of(option.substring(key.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** {@return the values of options {@code KEY=NAME=VALUE}, by name} */
    Map<String, String> pairs(String key) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String option : options) {
            if (option.startsWith(key) && option.startsWith("=", key.length())) {
                String pair = option.substring(key.length() + 1);
                int equals = pair.indexOf('=');
                pairs.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
            }
        }
        return pairs;
    }

    static MountSpec parse(Fields fields) {
        return new MountSpec(
                type(fields.requiredString("type")),
                fields.string("source"),
                fields.requiredString("target"),
                fields.strings("options"));
    }

    private static Type type(String word) {
        return switch (word) {
            case "bind" -> Type.BIND;
            case "volume" -> Type.VOLUME;
            case "image" -> Type.IMAGE;
            case "tmpfs" -> Type.TMPFS;
            case "overlay" -> Type.OVERLAY;
            default ->
                throw new WherryException(
                        WherryException.Kind.CORRUPT, "A stored mount has the unknown type `" + word + "`.");
        };
    }
}
