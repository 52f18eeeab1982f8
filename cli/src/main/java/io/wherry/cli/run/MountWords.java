package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Values;
import io.wherry.engine.MountSpec;
import io.wherry.store.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the values of {@code -v}, {@code --mount} and {@code --tmpfs}. */
public final class MountWords {
    private static final String VOLUME_OPTIONS =
            "ro|rw|z|Z|U|O|idmap|nocopy|cached|delegated|consistent|private|rprivate|shared|rshared|slave|rslave"
                    + "|exec|noexec|suid|nosuid|dev|nodev|bind|rbind";
    private static final String TMPFS_FLAGS = "ro|rw|exec|noexec|suid|nosuid|dev|nodev|noatime|relatime|sync|dirsync";

    private MountWords() {}

    /** Reads {@code HOST:CONTAINER[:OPTIONS]} or {@code VOLUME:CONTAINER[:OPTIONS]}, or {@code CONTAINER} alone, a bind without a source as long as it may be a folder's own. */
    static MountSpec volume(String text) throws BadValueException {
        int first = text.indexOf(':');
        int second = first < 0 ? -1 : text.indexOf(':', first + 1);
        String source = first < 0 ? "" : text.substring(0, first);
        String target = first < 0 ? text : text.substring(first + 1, second < 0 ? text.length() : second);
        if (!target.startsWith("/") || (first >= 0 && source.isEmpty())) {
            throw BadValueException.wanted(
                    "`/HOST:/CONTAINER[:OPTIONS]`, `VOLUME:/CONTAINER[:OPTIONS]` or `/CONTAINER`", text);
        }
        if (first < 0) {
            return new MountSpec(MountSpec.Type.BIND, Optional.empty(), target, List.of());
        }
        boolean volume = !isPath(source);
        if (volume) {
            volumeName(source);
        }
        List<String> options = new ArrayList<>();
        boolean overlay = false;
        for (String option : second < 0 ? List.<String>of() : split(text.substring(second + 1))) {
            overlay |= option.equals("O");
            if (option.startsWith("idmap=")) {
                options.add(option);
                continue;
            }
            switch (Values.choice(option, VOLUME_OPTIONS)) {
                case "O", "cached", "delegated", "consistent" -> {} // nothing is cached here
                case "nocopy" -> {
                    if (volume) {
                        options.add(option);
                    }
                }
                default -> options.add(option);
            }
        }
        if (options.contains("ro") && options.contains("rw")) {
            throw new BadValueException("takes either `ro` or `rw`, not both: `" + text + "`.");
        }
        if (overlay && volume) {
            throw new BadValueException("has no `O` for a volume: `" + text + "`.");
        }
        if (!volume && !overlay) {
            options.add(MountSpec.CREATE);
        }
        return new MountSpec(
                volume ? MountSpec.Type.VOLUME : overlay ? MountSpec.Type.OVERLAY : MountSpec.Type.BIND,
                Optional.of(source),
                target,
                options);
    }

    /** {@return the name} */
    static String volumeName(String text) throws BadValueException {
        if (!Volume.isName(text)) {
            throw BadValueException.wanted(
                    "a volume's name, 2 to 255 letters, digits, `_`, `.` and `-`, or a path that begins with `/`, `./` or `../`",
                    text);
        }
        return text;
    }

    /** Reads {@code CONTAINER[:OPTIONS]}. */
    static MountSpec tmpfs(String text) throws BadValueException {
        int colon = text.indexOf(':');
        String target = colon < 0 ? text : text.substring(0, colon);
        if (!target.startsWith("/")) {
            throw BadValueException.wanted("`/CONTAINER[:OPTIONS]`", text);
        }
        List<String> options = colon < 0 ? new ArrayList<>() : split(text.substring(colon + 1));
        for (String option : options) {
            checkTmpfs(option);
        }
        return new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), target, options);
    }

    private static void checkTmpfs(String option) throws BadValueException {
        int equals = option.indexOf('=');
        switch (equals < 0 ? "" : option.substring(0, equals)) {
            case "" -> Values.choice(option, TMPFS_FLAGS);
            case "size" -> {
                if (!option.endsWith("%")) {
                    Values.bytes(option.substring(equals + 1));
                }
            }
            case "mode" -> Modes.octal(option.substring(equals + 1));
            case "uid", "gid", "nr_inodes" -> Values.number(option.substring(equals + 1), 0, 0xFFFF_FFFFL);
            default ->
                throw BadValueException.wanted("`size=`, `mode=`, `uid=`, `gid=`, `nr_inodes=` or a flag", option);
        }
    }

    /** Reads {@code type=bind,source=/HOST,target=/CONTAINER,readonly} and {@code type=tmpfs,target=/CONTAINER,tmpfs-size=64m}. */
    static MountSpec mount(String text) throws BadValueException {
        return new MountFields(text).mount();
    }

    /** {@return whether a word is a path by its beginning, and no name} */
    public static boolean isPath(String source) {
        return source.startsWith("/")
                || source.startsWith("./")
                || source.startsWith("../")
                || source.equals(".")
                || source.equals("..");
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int comma = text.indexOf(',', from);
            int end = comma < 0 ? text.length() : comma;
            parts.add(text.substring(from, end));
            from = end + 1;
        }
        return parts;
    }
}
