package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Mount;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.volume.Volume;
import io.wherry.store.volume.Volumes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The volumes of containers: which ones a container has, and that they are there before it starts.
 *
 * <p>A container's record is in place before its volumes are made, so that who removes a volume finds its user there, and a creation that is cut short leaves no volume that nobody knows. What is missing is made by the next
 * start. Of a container that is removed at its end, the anonymous ones lie in its own folder and go with it, whoever removes that.
 */
final class ContainerVolumes {
    private static final String OWN = "volumes";

    private final StateRoot root;
    private final ContainerFiles files;
    private final HostFacts facts;
    private final ImageCatalog images;
    private final Storage storage;

    ContainerVolumes(StateRoot root, ContainerFiles files, HostFacts facts, ImageCatalog images) {
        this.root = root;
        this.facts = facts;
        this.files = files;
        this.images = images;
        this.storage = images.storage();
    }

    /** {@return the volumes that belong to no container alone} */
    static Volumes shared(StateRoot root, Storage storage) {
        return new Volumes(storage.space(), root.root().resolve("volumes"));
    }

    /** {@return those that lie in a container's folder} */
    static Volumes own(Path container, Storage storage) {
        return new Volumes(storage.space(), container.resolve(OWN));
    }

    /** {@return where the volumes of a container are, whether they are there or not} */
    VolumeMounts mounts(ContainerId id, ContainerSpec spec) {
        return new VolumeMounts(shared(root, storage), own(files.folder(id), storage), spec.remove());
    }

    /** {@return how an image is mounted into a container} */
    Mount image(MountSpec mount, HostFacts facts) {
        return ImageMounts.mount(mount, images, facts);
    }

    /**
     * {@return what was asked, with a name for each volume, and with the volumes that the image and other containers bring along; makes nothing}
     *
     * @throws WherryException of kind NOT_FOUND if there is no such other container
     */
    ContainerSpec complete(ContainerSpec spec, ContainerRoot from) {
        boolean isWhole =
                spec.volumesFrom().isEmpty() && from.defaults().volumes().isEmpty();
        if (isWhole && !needsNames(spec.mounts())) {
            return spec;
        }
        List<MountSpec> mounts = new ArrayList<>(spec.mounts());
        for (String other : spec.volumesFrom()) {
            addMissing(mounts, ofOther(other));
        }
        addMissing(mounts, ofImage(from.defaults().volumes()));
        ContainerSpec.Builder completed = ContainerSpec.builder(spec.toJson());
        completed.mounts.clear();
        for (MountSpec mount : mounts) {
            completed.mounts.add(named(mount));
        }
        return completed.build();
    }

    private static boolean needsNames(List<MountSpec> mounts) {
        for (MountSpec mount : mounts) {
            if (mount.type() == MountSpec.Type.VOLUME && mount.source().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static MountSpec named(MountSpec mount) {
        if (mount.type() != MountSpec.Type.VOLUME || mount.source().isPresent()) {
            return mount;
        }
        List<String> options = new ArrayList<>(mount.options());
        options.add(MountSpec.ANONYMOUS);
        return new MountSpec(mount.type(), Optional.of(ContainerId.random().text()), mount.target(), options);
    }

    /** Of one target the first counts: what was asked, then other containers', then the image's. */
    private static void addMissing(List<MountSpec> mounts, List<MountSpec> more) {
        for (MountSpec mount : more) {
            boolean taken = false;
            for (MountSpec other : mounts) {
                taken |= MountCompiler.clean(other.target()).equals(MountCompiler.clean(mount.target()));
            }
            if (!taken) {
                mounts.add(mount);
            }
        }
    }

    /** An image says where its data is, and nothing else. */
    private static List<MountSpec> ofImage(List<String> targets) {
        List<MountSpec> mounts = new ArrayList<>();
        for (String target : targets) {
            if (target.startsWith("/")
                    && target.indexOf('\0') < 0
                    && !MountCompiler.clean(target).equals("/")) {
                mounts.add(
                        new MountSpec(MountSpec.Type.VOLUME, Optional.empty(), MountCompiler.clean(target), List.of()));
            }
        }
        return mounts;
    }

    private List<MountSpec> ofOther(String text) {
        int colon = text.lastIndexOf(':');
        boolean readOnly = colon >= 0 && text.substring(colon + 1).equals("ro");
        ContainerId id = files.find(colon < 0 ? text : text.substring(0, colon));
        List<MountSpec> mounts = new ArrayList<>();
        for (MountSpec mount : files.record(id).spec().mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME || mount.type() == MountSpec.Type.BIND) {
                List<String> options = new ArrayList<>(mount.options());
                options.remove(MountSpec.ANONYMOUS); // it is the other's to remove
                if (readOnly) {
                    options.remove("rw");
                    options.remove("ro");
                    options.add("ro");
                }
                mounts.add(new MountSpec(mount.type(), mount.source(), mount.target(), options));
            }
        }
        return mounts;
    }

    /** {@return whether there is anything to do before a start} */
    static boolean any(ContainerSpec spec) {
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME
                    || mount.options().contains("U")
                    || mount.options().contains(MountSpec.CREATE)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasVolumes(ContainerSpec spec) {
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME) {
                return true;
            }
        }
        return false;
    }

    /** Makes what a container is to have mounted and what is not there, and gives it to the container's user where that was asked. */
    void prepare(ContainerId id, ContainerSpec spec, ContainerRoot from) {
        if (hasVolumes(spec)) {
            make(id, spec, from);
        }
        for (MountSpec mount : spec.mounts()) {
            if (facts.root()
                    && mount.options().contains(MountSpec.CREATE)
                    && !Files.exists(MountCompiler.source(mount))) {
                storage.space().durable().folders(MountCompiler.source(mount));
            }
            if (mount.options().contains("U")) {
                give(mount, id, spec, from);
            }
        }
    }

    private void give(MountSpec mount, ContainerId id, ContainerSpec spec, ContainerRoot from) {
        Path folder =
                mount.type() == MountSpec.Type.VOLUME ? mounts(id, spec).data(mount) : MountCompiler.source(mount);
        if (folder.getNameCount() < 2) { // of a system: who says it means something else
            throw ConfigCompiler.invalid(
                    "The option `U` would give all of " + folder + " of this host to another user.");
        }
        if (!Files.isDirectory(folder)) {
            throw ConfigCompiler.invalid("The option `U` is for folders, and " + folder + " is none.");
        }
        Account user = Account.lookUp(
                spec.user().orElse(from.defaults().user()),
                spec.groups(),
                from.accounts().passwd(),
                from.accounts().group());
        storage.space().give(folder, user.uid(), user.gid());
    }

    /**
     * Makes the volumes of a container that are not there, and fills those that no container has had yet with what the image has at that place. Several do so one after the other, and the first fills.
     *
     * @param spec complete; its container's record is in place
     */
    private void make(ContainerId id, ContainerSpec spec, ContainerRoot from) {
        Map<String, MountSpec> byName = new TreeMap<>(); // in one order, whoever takes several locks
        for (MountSpec mount : spec.mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME) {
                byName.putIfAbsent(mount.source().orElseThrow(), mount);
            }
        }
        for (MountSpec mount : byName.values()) {
            String name = mount.source().orElseThrow();
            boolean isOwn = spec.remove() && mount.isAnonymous();
            Volumes volumes = isOwn ? own(files.folder(id), storage) : shared(root, storage);
            try (FileLocks.Held _ = volumes.lock(name)) {
                makeOne(volumes, name, mount, isOwn);
                if (volumes.isFresh(name)) {
                    fill(volumes, name, mount, id, from);
                    volumes.use(name);
                }
            }
        }
    }

    private void fill(Volumes volumes, String name, MountSpec mount, ContainerId id, ContainerRoot from) {
        if (from.image().isPresent() && !mount.options().contains("nocopy")) {
            RootfsMount root = storage.drivers()
                    .of(from.driver())
                    .mount(files.folder(id), from.image().get().chains());
            volumes.fill(name, root, mount.target());
        }
    }

    private void makeOne(Volumes volumes, String name, MountSpec mount, boolean isOwn) {
        if (!volumes.has(name) && (mount.isAnonymous() || !adopt(name, volumes))) {
            Volume volume = VolumeCatalog.asked(
                    name,
                    mount.value("driver").orElse(Volume.LOCAL),
                    mount.pairs("opt"),
                    mount.pairs("label"),
                    mount.isAnonymous());
            volumes.make(volume);
            if (!isOwn) { // of one that goes with its container nobody could tell the end
                new VolumeEvents(root).created(volume);
            }
        }
    }

    /** A volume that lies in another container's folder, and would go with it, from now on lies where the others are. */
    private boolean adopt(String name, Volumes shared) {
        for (ContainerId id : files.ids()) {
            Volumes own = own(files.folder(id), storage);
            if (own.has(name)) {
                own.moveTo(shared, name);
                return true;
            }
        }
        return false;
    }

    /** Removes the anonymous volumes of a container that has been removed, but for those that another has too. */
    void free(ContainerSpec spec) {
        VolumeCatalog catalog = new VolumeCatalog(root, files, storage);
        for (MountSpec mount : spec.mounts()) {
            if (mount.isAnonymous()) {
                catalog.removeUnused(mount.source().orElseThrow());
            }
        }
    }
}
