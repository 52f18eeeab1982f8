package io.wherry.runtime.pilot;

import io.wherry.oci.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a bind binds. */
public final class BindSource {
    /** The beginning of the option that says which file or folder below the source is bound; options in {@code x-} are no mount's (mount(8)). */
    public static final String SUBPATH = "x-wherry.subpath=";

    private BindSource() {}

    /** {@return whether it is anything but a folder; what is not there yet, such as a volume, is one if its path ends with a slash} */
    public static boolean isFile(Mount bind) {
        String source = bind.source().orElseThrow();
        Optional<String> below = below(bind);
        if (below.isPresent()) {
            Path path = Path.of(source, below.get());
            return !Files.isDirectory(path) && Files.exists(path); // the start tells whether it is there
        }
        return !source.endsWith("/") && !Files.isDirectory(Path.of(source));
    }

    /** {@return the path below the source that is bound, if not the source itself} */
    public static Optional<String> below(Mount bind) {
        for (String option : bind.options()) {
            if (option.startsWith(SUBPATH)) {
                return Optional.of(option.substring(SUBPATH.length()));
            }
        }
        return Optional.empty();
    }
}
