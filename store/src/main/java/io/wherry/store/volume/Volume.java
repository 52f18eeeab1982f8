package io.wherry.store.volume;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code volume.json} says: what was asked, and when it was made. Never changed. Immutable.
 *
 * @param name 2 to 255 of letters, digits, {@code _ . -}, beginning with a letter or digit
 * @param driver how its files are kept; {@value #LOCAL} is the only one
 * @param options what the driver was told: {@code type}, {@code o}, {@code device}; empty for a plain folder
 * @param labels labels
 * @param created when, as an instant of ISO 8601
 * @param anonymous whether nobody gave it a name
 */
public record Volume(
        String name,
        String driver,
        Map<String, String> options,
        Map<String, String> labels,
        String created,
        boolean anonymous) {
    /** The driver that keeps files on this host. */
    public static final String LOCAL = "local";

    private static final int FEWEST = 2;
    private static final int MOST = 255;

    /** Copies the maps. */
    public Volume {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** {@return whether a text can be a volume's name, and so that of a folder} */
    public static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || (c != '_' && c != '.' && c != '-'))) {
                return false;
            }
        }
        return text.length() >= FEWEST && text.length() <= MOST;
    }

    /**
     * {@return the name}
     *
     * @throws WherryException of kind INVALID if it cannot be one
     */
    public static String checkName(String text) {
        if (!isName(text)) {
            String shown = text.length() > MOST ? text.substring(0, 40) + "…" : text;
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + shown + "` cannot be the name of a volume: it needs " + FEWEST + " to " + MOST
                            + " letters, digits, `_`, `.` and `-`, beginning with a letter or digit.",
                    "A path of this host begins with `/`, `./` or `../`.");
        }
        return text;
    }

    byte[] bytes() {
        return JsonObject.builder()
                .put("version", 1)
                .put("name", name)
                .put("driver", driver)
                .putIfNotEmpty("options", options)
                .putIfNotEmpty("labels", labels)
                .put("created", created)
                .putIfTrue("anonymous", anonymous)
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    static Volume parse(String name, byte[] bytes) {
        Fields fields = JsonObject.parse(bytes).fields();
        long version = fields.integer("version").orElse(0);
        if (version != 1) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The volume `" + name + "` was made by a version of Wherry whose volumes have the format " + version
                            + "; this one knows format 1.");
        }
        return new Volume(
                name,
                fields.requiredString("driver"),
                fields.stringMap("options"),
                fields.stringMap("labels"),
                fields.requiredString("created"),
                fields.flag("anonymous"));
    }
}
