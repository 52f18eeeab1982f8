package io.wherry.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an image made from a container is to be.
 *
 * @param name a reference; absent for an image without a name
 * @param author of the image; empty for none
 * @param message why it was made; empty for nothing
 * @param changes instructions of a Dockerfile
 * @param pause whether a container that runs stands still meanwhile
 * @param epoch seconds since 1970: nothing in the image is younger, and it was made then; absent for the present
 */
public record CommitSpec(
        Optional<String> name, String author, String message, List<String> changes, boolean pause, OptionalLong epoch) {
    public CommitSpec {
        changes = List.copyOf(changes);
    }
}
