package io.wherry.engine;

import io.wherry.oci.Mount;
import io.wherry.store.volume.Volumes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the volumes of one container are mounted: as binds, so that no runtime needs to know of volumes. Nothing needs to be there yet.
 *
 * @param shared volumes that belong to no container alone
 * @param own those in the container's folder
 * @param removed whether the container is removed at its end, and its anonymous volumes with it
 */
record VolumeMounts(Volumes shared, Volumes own, boolean removed) {
    private static final List<String> OF_VOLUMES = List.of("nocopy", "z", "Z", "U", MountSpec.ANONYMOUS);

    /** {@return the folder that is bound} */
    Path data(MountSpec mount) {
        String name = mount.source().orElseThrow();
        boolean isOwn = removed && mount.isAnonymous() && !shared.has(name);
        return (isOwn ? own : shared).data(name);
    }

    Mount bind(MountSpec mount) {
        List<String> options = new ArrayList<>();
        options.add("rbind");
        boolean propagates = false;
        for (String option : mount.options()) {
            if (option.indexOf('=') < 0 && !OF_VOLUMES.contains(option)) {
                options.add(option);
            }
            propagates |= MountCompiler.isPropagation(option);
        }
        if (!propagates) {
            options.add("rprivate");
        }
        return new Mount(mount.target(), "bind", data(mount).toString(), options);
    }
}
