package io.wherry.runtime.pilot;

import io.wherry.oci.RuntimeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tool that mounts by itself is to hide of the kernel's files.
 *
 * @param path absolute, below {@code /proc} or {@code /sys}
 * @param folder whether it is one
 */
public record MaskedPath(String path, boolean folder) {

    /** {@return those of a configuration that are there} What the kernel shows there is the same inside and outside, so outside tells whether it is there, and of which kind. */
    public static List<MaskedPath> of(RuntimeConfig config) {
        List<MaskedPath> masked = new ArrayList<>();
        for (String path : config.linux().maskedPaths()) {
            Path outside = Path.of(path);
            boolean shown = path.startsWith("/proc/") || path.startsWith("/sys/");
            if (shown && Files.exists(outside)) {
                masked.add(new MaskedPath(path, Files.isDirectory(outside)));
            }
        }
        return masked;
    }
}
