package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.volume.Volume;
import io.wherry.store.volume.Volumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The volumes of a state root: made, listed, removed. Who uses one is read from the records of containers each time, so that no count can be wrong. Safe for several threads and processes.
 */
public final class VolumeCatalog {
    private final ContainerFiles files;
    private final Storage storage;
    private final Volumes shared;
    private final VolumeEvents events;

    VolumeCatalog(StateRoot root, ContainerFiles files, Storage storage) {
        this.files = files;
        this.storage = storage;
        this.shared = ContainerVolumes.shared(root, storage);
        this.events = new VolumeEvents(root);
    }

    /** {@return what is to be made, checked} */
    static Volume asked(
            String name, String driver, Map<String, String> options, Map<String, String> labels, boolean anonymous) {
        if (!driver.equals(Volume.LOCAL)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot make the volume `" + name + "`: there is no volume driver `" + driver
                            + "`; `local` is the only one.");
        }
        LocalDriver.check(name, options);
        return new Volume(Volume.checkName(name), driver, options, labels, Timestamp.now(), anonymous);
    }

    /**
     * Makes a volume; one that is there already is as wanted.
     *
     * @param name empty for one without a name, which then has 64 hexadecimal digits
     * @return its name
     * @throws WherryException of kind INVALID if the name cannot be one, ALREADY_EXISTS if one of that name has other options
     */
    public String create(
            Optional<String> name, String driver, Map<String, String> options, Map<String, String> labels) {
        Volume volume =
                asked(name.orElseGet(() -> ContainerId.random().text()), driver, options, labels, name.isEmpty());
        try (FileLocks.Held _ = shared.lock(volume.name())) {
            Optional<KeptVolume> there = find(volume.name());
            if (there.isEmpty()) {
                shared.make(volume);
                events.created(volume);
            } else if (!options.isEmpty()
                    && !options.equals(there.get().volume().options())) {
                throw new WherryException(
                        WherryException.Kind.ALREADY_EXISTS,
                        "There is a volume `" + volume.name() + "` already, with other options.",
                        "`wherry volume inspect " + volume.name() + "` shows them.");
            }
        }
        return volume.name();
    }

    /** {@return all volumes, by name; those that are damaged are left out} */
    public List<KeptVolume> list() {
        Map<String, List<String>> users = users();
        Map<String, KeptVolume> all = new TreeMap<>();
        for (ContainerId id : files.ids()) {
            add(all, ContainerVolumes.own(files.folder(id), storage), users);
        }
        add(all, shared, users);
        return List.copyOf(all.values());
    }

    private static void add(Map<String, KeptVolume> all, Volumes volumes, Map<String, List<String>> users) {
        for (String name : volumes.names()) {
            try {
                Optional<Volume> volume = volumes.find(name);
                if (volume.isPresent()) {
                    all.put(
                            name,
                            new KeptVolume(volume.get(), volumes.data(name), users.getOrDefault(name, List.of())));
                }
            } catch (WherryException e) {
                // whoever names it meets the error
            }
        }
    }

    /** {@return ids of containers by the names of the volumes that they have} */
    private Map<String, List<String>> users() {
        Map<String, List<String>> users = new TreeMap<>();
        for (ContainerId id : files.ids()) {
            try {
                for (MountSpec mount : files.record(id).spec().mounts()) {
                    if (mount.type() == MountSpec.Type.VOLUME) {
                        List<String> of =
                                users.computeIfAbsent(mount.source().orElseThrow(), name -> new ArrayList<>());
                        if (!of.contains(id.text())) {
                            of.add(id.text());
                        }
                    }
                }
            } catch (WherryException e) {
                // a damaged container can only be removed
            }
        }
        return users;
    }

    /** {@return the volume of that name, if it is there} */
    private Optional<KeptVolume> find(String name) {
        Optional<Volume> volume = shared.find(name);
        if (volume.isPresent()) {
            return Optional.of(new KeptVolume(volume.get(), shared.data(name), users().getOrDefault(name, List.of())));
        }
        for (ContainerId id : files.ids()) {
            Volumes own = ContainerVolumes.own(files.folder(id), storage);
            Optional<Volume> found = own.find(name);
            if (found.isPresent()) {
                return Optional.of(new KeptVolume(found.get(), own.data(name), users().getOrDefault(name, List.of())));
            }
        }
        return Optional.empty();
    }

    /**
     * {@return the volume of that name}
     *
     * @throws WherryException of kind NOT_FOUND if there is none, CORRUPT if its record is damaged
     */
    public KeptVolume get(String name) {
        Optional<KeptVolume> found = Volume.isName(name) ? find(name) : Optional.empty();
        return found.orElseThrow(() -> missing(name));
    }

    /** {@return whether there is one of that name} */
    public boolean has(String name) {
        return Volume.isName(name) && find(name).isPresent();
    }

    private static WherryException missing(String name) {
        return new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no volume `" + name + "`.",
                "`wherry volume ls` lists those that are.");
    }

    /**
     * Removes a volume with all that is in it.
     *
     * @throws WherryException of kind NOT_FOUND if there is none, FAILED_PRECONDITION if a container has it
     */
    public void remove(String name) {
        if (!Volume.isName(name)) {
            throw missing(name);
        }
        try (FileLocks.Held _ = shared.lock(name)) {
            List<String> users = users().getOrDefault(name, List.of());
            if (!users.isEmpty()) {
                throw inUse(name, users);
            }
            if (!shared.has(name)) {
                throw missing(name);
            }
            destroy(name);
        }
    }

    private WherryException inUse(String name, List<String> users) {
        String first = new ContainerId(users.getFirst()).abbreviated();
        try {
            first = files.record(new ContainerId(users.getFirst())).name();
        } catch (WherryException e) {
            // its id must do
        }
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "The volume `" + name + "` is used by the container `" + first + "`"
                        + (users.size() > 1 ? " and " + (users.size() - 1) + " more" : "") + ".",
                "Remove that first, with `wherry rm " + first + "`.");
    }

    private void destroy(String name) {
        String driver = Volume.LOCAL;
        shared.remove(name);
        events.destroyed(name, driver);
    }

    /** Removes a volume if no container has it. */
    void removeUnused(String name) {
        try (FileLocks.Held _ = shared.lock(name)) {
            if (shared.has(name) && users().getOrDefault(name, List.of()).isEmpty()) {
                destroy(name);
            }
        }
    }

    /**
     * What a removal of unused volumes did.
     *
     * @param names those that are gone
     * @param bytes what was in their files
     */
    public record Pruned(List<String> names, long bytes) {}

    /**
     * Removes volumes that no container has.
     *
     * @param all also those to which somebody has given a name
     * @param which of those
     */
    public Pruned prune(boolean all, Predicate<KeptVolume> which) {
        List<String> names = new ArrayList<>();
        long bytes = 0;
        for (KeptVolume kept : list()) {
            String name = kept.volume().name();
            if (!(all || kept.volume().anonymous()) || !which.test(kept)) {
                continue;
            }
            try (FileLocks.Held _ = shared.lock(name)) {
                if (shared.has(name) && users().getOrDefault(name, List.of()).isEmpty()) {
                    bytes += shared.size(name);
                    destroy(name);
                    names.add(name);
                }
            }
        }
        return new Pruned(names, bytes);
    }
}
