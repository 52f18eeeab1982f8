package io.wherry.engine;

import io.wherry.oci.json.Fields;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A volume of a plain folder: {@code PATH}, which is kept in the folder itself; {@code HOST:PATH} or {@code HOST:PATH:ro}, which is the host's. Immutable.
 *
 * @param host a path of the host as it is written: absolute, or below the folder if it begins with {@code ./} or {@code ../}; absent for one that is kept
 * @param path absolute and without {@code .} and {@code ..}, in the container; not the root
 */
record FolderVolume(Optional<String> host, String path, boolean readOnly) {

    /**
     * {@return the volume}
     *
     * @param place the field that says so
     */
    static FolderVolume parse(Fields in, String place, String text) {
        String[] parts = text.split(":", -1);
        String path = parts.length == 1 ? parts[0] : parts[1];
        String mode = parts.length == 3 ? parts[2] : "rw";
        boolean hostIsPath = parts[0].startsWith("/") || parts[0].startsWith("./") || parts[0].startsWith("../");
        if (parts.length > 3
                || (parts.length > 1 && !hostIsPath)
                || !path.startsWith("/")
                || !(mode.equals("ro") || mode.equals("rw"))) {
            throw in.problem(place, "must be `/PATH`, `/HOST:/PATH` or `/HOST:/PATH:ro`, found `" + text + "`");
        }
        String clean = Path.of(path).normalize().toString();
        if (clean.equals("/") || path.contains("/../") || path.endsWith("/..")) {
            throw in.problem(place, "must name a folder below the root, found `" + path + "`");
        }
        return new FolderVolume(parts.length == 1 ? Optional.empty() : Optional.of(parts[0]), clean, mode.equals("ro"));
    }
}
