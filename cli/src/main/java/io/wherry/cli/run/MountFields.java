package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Values;
import io.wherry.engine.MountSpec;
import io.wherry.oci.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of {@code --mount}: one record of comma-separated values, each {@code key=value} or a flag, with docker's keys and some of podman's. */
final class MountFields {
    private static final List<String> KEYS = List.of(
            "type",
            "source",
            "src",
            "target",
            "dst",
            "destination",
            "readonly",
            "ro",
            "consistency",
            "bind-propagation",
            "bind-nonrecursive",
            "bind-recursive",
            "bind-create-src",
            "volume-nocopy",
            "volume-label",
            "volume-driver",
            "volume-opt",
            "volume-subpath",
            "tmpfs-size",
            "tmpfs-mode",
            "image-subpath",
            "idmap",
            "U",
            "chown");

    private final String text;
    private String type = "volume";
    private String source = "";
    private String target = "";
    private boolean readOnly;
    private final List<String> options = new ArrayList<>();

    /** The keys that only some types have. */
    private final List<String> special = new ArrayList<>();

    MountFields(String text) throws BadValueException {
        this.text = text;
        for (String field : csv(text)) {
            int equals = field.indexOf('=');
            take(equals < 0 ? field : field.substring(0, equals), equals < 0 ? "true" : field.substring(equals + 1));
        }
    }

    private void take(String key, String value) throws BadValueException {
        int dash = key.indexOf('-');
        if (dash > 0 || key.equals("idmap") || key.equals("U") || key.equals("chown")) {
            special.add(key);
        }
        switch (key) {
            case "type" -> type = Values.choice(value, "bind|volume|tmpfs|image");
            case "source", "src" -> source = Values.path(value);
            case "target", "dst", "destination" -> target = Values.path(value);
            case "readonly", "ro" -> readOnly = Values.bool(value);
            case "consistency" -> Values.choice(value, "default|consistent|cached|delegated");
            case "bind-propagation" ->
                options.add(Values.choice(value, "private|rprivate|shared|rshared|slave|rslave"));
            case "bind-nonrecursive" -> flag("bind", value);
            case "bind-recursive" -> {
                if (Values.choice(value, "enabled|disabled|readonly")
                        .equals("disabled")) { // read-only is so everywhere below
                    options.add("bind");
                }
            }
            case "bind-create-src" -> flag("create", value);
            case "volume-nocopy" -> flag("nocopy", value);
            case "volume-label" -> options.add("label=" + value);
            case "volume-driver" -> options.add("driver=" + value);
            case "volume-opt" -> options.add("opt=" + Values.pair(value));
            case "volume-subpath", "image-subpath" -> options.add("subpath=" + relative(key, value));
            case "tmpfs-size" -> options.add("size=" + Values.bytes(value));
            case "tmpfs-mode" -> {
                Modes.octal(value);
                options.add("mode=" + value);
            }
            case "idmap" -> options.add(value.equals("true") ? "idmap" : "idmap=" + value);
            case "U", "chown" -> flag("U", value);
            default -> {
                String near = Nearest.of(key, KEYS);
                throw new BadValueException("has no field `" + key + "`"
                        + (near == null
                                ? "; there are " + String.join(", ", KEYS) + "."
                                : "; did you mean `" + near + "`?"));
            }
        }
    }

    private void flag(String option, String value) throws BadValueException {
        if (Values.bool(value)) {
            options.add(option);
        }
    }

    private static String relative(String key, String value) throws BadValueException {
        if (value.isEmpty() || value.startsWith("/")) {
            throw BadValueException.wanted("`" + key + "=` with a path below its root", value);
        }
        for (String part : value.split("/")) {
            if (part.equals("..")) {
                throw BadValueException.wanted("`" + key + "=` without `..`", value);
            }
        }
        return value;
    }

    MountSpec mount() throws BadValueException {
        if (!target.startsWith("/")) {
            throw BadValueException.wanted("`target=` with an absolute path", text);
        }
        for (String key : special) {
            boolean shared = key.indexOf('-') < 0 && (type.equals("bind") || type.equals("volume"));
            if (!shared && !key.startsWith(type + "-")) {
                throw new BadValueException("has no `" + key + "` where `type=" + type + "`: `" + text + "`.");
            }
        }
        MountSpec.Type kind = kind();
        if (readOnly) {
            options.add("ro");
        }
        return new MountSpec(kind, source.isEmpty() ? Optional.empty() : Optional.of(source), target, options);
    }

    private MountSpec.Type kind() throws BadValueException {
        return switch (type) {
            case "bind" -> {
                if (!MountWords.isPath(source)) {
                    throw BadValueException.wanted("`source=` with a path beginning with `/`, `./` or `../`", text);
                }
                yield MountSpec.Type.BIND;
            }
            case "volume" -> {
                if (!source.isEmpty()) {
                    MountWords.volumeName(source);
                }
                yield MountSpec.Type.VOLUME;
            }
            case "image" -> {
                if (source.isEmpty()) {
                    throw BadValueException.wanted("`source=` with an image's name", text);
                }
                yield MountSpec.Type.IMAGE;
            }
            default -> {
                if (!source.isEmpty()) {
                    throw new BadValueException("has no `source` where `type=tmpfs`: `" + text + "`.");
                }
                yield MountSpec.Type.TMPFS;
            }
        };
    }

    /** The fields of one line by RFC 4180: a field that begins with a quotation mark may hold commas, and two marks for one. */
    static List<String> csv(String line) throws BadValueException {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw new BadValueException("takes fields whose quotation marks are closed, not `" + line + "`.");
        }
        fields.add(field.toString());
        return fields;
    }
}
