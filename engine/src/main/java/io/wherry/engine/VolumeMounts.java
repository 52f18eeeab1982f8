package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Mount;
import io.wherry.runtime.pilot.BindSource;
import io.wherry.store.volume.Volume;
import io.wherry.store.volume.Volumes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the volumes of one container are mounted: as binds, so that no runtime needs to know of volumes, or as what the driver was told. Nothing needs to be there yet.
 *
 * @param shared volumes that belong to no container alone
 * @param own those in the container's folder
 * @param removed whether the container is removed at its end, and its anonymous volumes with it
 */
record VolumeMounts(Volumes shared, Volumes own, boolean removed) {

    /** {@return the folder that is bound} */
    Path data(MountSpec mount) {
        return of(mount).data(mount.source().orElseThrow());
    }

    private Volumes of(MountSpec mount) {
        boolean isOwn =
                removed && mount.isAnonymous() && !shared.has(mount.source().orElseThrow());
        return isOwn ? own : shared;
    }

    Mount mount(MountSpec mount, HostFacts facts) {
        Optional<Volume> volume = of(mount).find(mount.source().orElseThrow());
        Map<String, String> told = volume.isPresent() ? volume.get().options() : mount.pairs("opt");
        if (!told.isEmpty()) {
            return LocalDriver.mount(mount, told, facts);
        }
        List<String> options = MountCompiler.bindOptions(mount);
        Optional<String> below = mount.value("subpath");
        if (below.isPresent()) {
            options.add(BindSource.SUBPATH + below.get());
        }
        return new Mount(
                mount.target(), "bind", data(mount) + "/", options); // a folder, although it may not be there yet
    }
}
