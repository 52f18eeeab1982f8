package io.wherry.engine;

import io.wherry.oci.ImageReference;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import java.util.List;
import java.util.Optional;

/**
 * What an archive of files is to become.
 *
 * @param name absent: an image without a name
 * @param platform absent: this host's
 * @param changes of the configuration, in the words of a Dockerfile ({@link ImageChanges})
 * @param message what its history says
 */
public record ImportSpec(
        Optional<ImageReference> name, Optional<Platform> platform, List<String> changes, String message) {
    /** Copies the list; refuses a name with a digest, which nobody knows before. */
    public ImportSpec {
        changes = List.copyOf(changes);
        if (name.isPresent() && name.get().digest().isPresent()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "An image cannot be imported under the name `" + name.get().familiar()
                            + "`: its digest is what comes of it.");
        }
    }
}
