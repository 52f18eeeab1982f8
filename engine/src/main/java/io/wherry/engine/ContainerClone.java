package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes containers that begin with the files of another, as they are now; all else is as for a container that is created with the same words. */
final class ContainerClone {
    private final Engine engine;

    ContainerClone(Engine engine) {
        this.engine = engine;
    }

    /**
     * {@return the id of a new container, which does not run}
     *
     * <p>While the files are copied nobody writes there: the original is not started, or frozen for the time if it runs. A snapshot of btrfs needs neither.
     *
     * @param name of the new one; absent: one is made up
     * @throws WherryException of kind UNSUPPORTED if the original has no files of its own, or cannot be frozen
     */
    ContainerId of(ContainerId original, Optional<String> name) {
        ContainerRecord record = engine.files.record(original);
        if (record.imageId().isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The container `" + record.name() + "` has no root of its own that could be copied: it runs on "
                            + record.spec().rootfs().orElse("a folder") + ".",
                    "Copy the folder, and create a container on the copy.");
        }
        ContainerSpec.Builder spec = ContainerSpec.builder(record.spec().toJson());
        spec.name = name;
        spec.mounts.replaceAll(ContainerClone::ofItsOwn);
        ContainerId id = ContainerId.random();
        ContainerRoot from = engine.roots.of(record, engine.files.folder(id)).copying(engine.files.folder(original));
        Optional<HeldLock> rests = engine.files.take(original);
        boolean still = rests.isPresent() || record.driver().equals("btrfs");
        try (Stillness _ = still ? Stillness.NONE : freeze(original, record.name())) {
            engine.create(spec.build(), from, id, true);
        } finally {
            rests.ifPresent(HeldLock::close);
        }
        return id;
    }

    /** A volume that was made for the original alone is its own; the clone gets another. One with a name is shared. */
    private static MountSpec ofItsOwn(MountSpec mount) {
        if (!mount.options().contains(MountSpec.ANONYMOUS)) {
            return mount;
        }
        List<String> options = new ArrayList<>(mount.options());
        options.remove(MountSpec.ANONYMOUS);
        return new MountSpec(mount.type(), Optional.empty(), mount.target(), options);
    }

    private Stillness freeze(ContainerId original, String name) {
        try {
            return engine.control.hold(original);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.UNSUPPORTED) {
                throw e;
            }
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The container `" + name
                            + "` runs, and nothing here can freeze it while its files are copied: it has no control group for that.",
                    "Stop it first. With the storage driver btrfs it may run.");
        }
    }
}
