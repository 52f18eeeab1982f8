package io.wherry.engine;

import io.wherry.store.volume.Volume;
import java.nio.file.Path;
import java.util.List;

/**
 * A volume as it stands.
 *
 * @param volume what was asked
 * @param mountpoint absolute path of the folder that containers see
 * @param users ids of the containers that have it, running or not
 */
public record KeptVolume(Volume volume, Path mountpoint, List<String> users) {
    /** Copies the list. */
    public KeptVolume {
        users = List.copyOf(users);
    }
}
