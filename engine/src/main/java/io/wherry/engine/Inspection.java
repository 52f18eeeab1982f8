package io.wherry.engine;

import io.wherry.network.BridgeNetwork;
import io.wherry.network.Lease;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Gathers all that is known of a container. Damage to one of its files hides what that file said, and no more. */
final class Inspection {
    private final StateRoot root;
    private final ContainerFiles files;
    private final ImageCatalog images;
    private final ContainerExec exec;
    private final ContainerVolumes volumes;

    Inspection(
            StateRoot root, ContainerFiles files, ImageCatalog images, ContainerExec exec, ContainerVolumes volumes) {
        this.exec = exec;
        this.volumes = volumes;
        this.root = root;
        this.files = files;
        this.images = images;
    }

    ContainerDetails details(ContainerId id) {
        Container container = files.read(id);
        Path folder = files.folder(id).toAbsolutePath();
        return new ContainerDetails(
                container,
                folder,
                config(folder),
                image(container),
                exec.running(files.volatileFolder(id)),
                lease(id, container),
                mountpoints(id, container.spec()));
    }

    private Map<String, Path> mountpoints(ContainerId id, ContainerSpec spec) {
        Map<String, Path> places = new HashMap<>();
        VolumeMounts mounts = volumes.mounts(id, spec);
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME) {
                places.put(mount.source().orElseThrow(), mounts.data(mount));
            }
        }
        return places;
    }

    private static Optional<RuntimeConfig> config(Path folder) {
        try {
            return StateFile.read(folder.resolve("config.json")).map(RuntimeConfig::parse);
        } catch (WherryException e) {
            return Optional.empty();
        }
    }

    /** The image by the name it had; another one may have that name now. */
    private ExecutionDefaults image(Container container) {
        try {
            Optional<Image> image = container.spec().image().flatMap(images::find);
            boolean same = image.isPresent()
                    && image.get().id().toString().equals(container.imageId().orElse(""));
            return same ? image.get().config().execution() : ExecutionDefaults.NONE;
        } catch (WherryException e) {
            return ExecutionDefaults.NONE;
        }
    }

    private Optional<Lease> lease(ContainerId id, Container container) {
        if (container.damage().isPresent()) {
            return Optional.empty();
        }
        Optional<String> address = files.record(id).address();
        return address.map(text -> BridgeNetwork.preview(root.root()).lease(text));
    }
}
