package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Values;
import io.wherry.engine.MountSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of {@code --mount}: one record of comma-separated values, each {@code key=value} or a flag. */
final class MountFields {
    private final String text;
    private String type = "volume";
    private String source = "";
    private String target = "";
    private boolean readOnly;
    private final List<String> options = new ArrayList<>();
    private final List<String> bindOnly = new ArrayList<>();
    private final List<String> tmpfsOnly = new ArrayList<>();

    MountFields(String text) throws BadValueException {
        this.text = text;
        for (String field : csv(text)) {
            int equals = field.indexOf('=');
            take(equals < 0 ? field : field.substring(0, equals), equals < 0 ? "true" : field.substring(equals + 1));
        }
    }

    private void take(String key, String value) throws BadValueException {
        switch (key) {
            case "type" -> type = Values.choice(value, "bind|tmpfs|volume|image|npipe|cluster");
            case "source", "src" -> source = Values.path(value);
            case "target", "dst", "destination" -> target = Values.path(value);
            case "readonly", "ro" -> readOnly = Values.bool(value);
            case "bind-propagation" -> {
                options.add(Values.choice(value, "private|rprivate|shared|rshared|slave|rslave"));
                bindOnly.add(key);
            }
            case "bind-nonrecursive" -> {
                if (Values.bool(value)) {
                    options.add("bind");
                }
                bindOnly.add(key);
            }
            case "consistency" -> Values.choice(value, "default|consistent|cached|delegated");
            case "tmpfs-size" -> {
                options.add("size=" + Values.bytes(value));
                tmpfsOnly.add(key);
            }
            case "tmpfs-mode" -> {
                Modes.octal(value);
                options.add("mode=" + value);
                tmpfsOnly.add(key);
            }
            default ->
                throw new BadValueException("has no field `" + key
                        + "`; there are `type`, `source`, `target`, `readonly`, `bind-propagation`, `bind-nonrecursive`,"
                        + " `tmpfs-size` and `tmpfs-mode`.");
        }
    }

    MountSpec mount() throws BadValueException {
        if (!type.equals("bind") && !type.equals("tmpfs")) {
            throw new BadValueException(
                    "cannot mount `type=" + type + "` yet; there are `type=bind` and `type=tmpfs`.");
        }
        if (!target.startsWith("/")) {
            throw BadValueException.wanted("`target=` with an absolute path", text);
        }
        boolean bind = type.equals("bind");
        List<String> foreign = bind ? tmpfsOnly : bindOnly;
        if (!foreign.isEmpty()) {
            throw new BadValueException(
                    "has no `" + foreign.getFirst() + "` where `type=" + type + "`: `" + text + "`.");
        }
        if (bind && !MountWords.isPath(source)) {
            throw BadValueException.wanted("`source=` with a path beginning with `/`, `./` or `../`", text);
        }
        if (!bind && !source.isEmpty()) {
            throw new BadValueException("has no `source` where `type=tmpfs`: `" + text + "`.");
        }
        if (readOnly) {
            options.add("ro");
        }
        return new MountSpec(
                bind ? MountSpec.Type.BIND : MountSpec.Type.TMPFS,
                bind ? Optional.of(source) : Optional.empty(),
                target,
                options);
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
