package io.wherry.engine;

import io.wherry.engine.event.EventOutput;
import io.wherry.engine.event.EventQuery;
import io.wherry.engine.log.LogOutput;
import io.wherry.engine.log.LogQuery;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.disk.Reserve;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The engine: images and containers on a state root. No static state, no signal handler, no exit of the JVM. Safe for several threads; several engines and several
 * processes may share a root. A program opens a {@link Wherry}; a command, whose end is the start of its container, a {@link CommandEngine}.
 *
 * <p>Every operation that looks at containers heals first what a lost monitor left behind. Errors are {@link WherryException}.
 */
public abstract sealed class Engine permits CommandEngine, Wherry {
    private final StateRoot root;
    private final HostFacts facts;
    private final Launcher launcher;
    final ContainerFiles files;
    private final Creation creation;
    private final ContainerMaking making;
    private final ContainerVolumes volumes;
    final ContainerEvents events;
    final Healing healing;
    private final HealedContainers healed;
    final ContainerRemoval removal;
    final Roots roots;
    final ContainerStart start;
    final ContainerControl control;
    private final ContainerRename rename;
    private final ContainerUpdate update;
    private final Boot boot;
    private final ContainerProcesses processes;
    private final ImageCatalog images;
    private final Networks networks;
    final ContainerExec exec;
    final Runtimes runtimes;

    /**
     * An engine.
     *
     * @param root where state is
     * @param facts what the host can do
     * @param launcher what runs programs
     * @param builtIn a folder of OCI image layouts that need no network, one a name
     * @param driver the storage driver; empty for the best that works here
     */
    Engine(StateRoot root, HostFacts facts, Launcher launcher, Path builtIn, String driver) {
        this.root = root;
        this.facts = facts;
        this.launcher = launcher;
        this.files = new ContainerFiles(root, facts.bootId());
        Configuration.OfHost configuration = new Configuration.OfHost();
        this.images = new ImageCatalog(Storage.of(root, facts, launcher, driver, configuration), launcher, builtIn);
        this.networks = new Networks(root, facts);
        this.events = new ContainerEvents(root, files);
        this.runtimes = new Runtimes(configuration);
        this.creation = new Creation(root, files, facts, images, runtimes);
        this.volumes = creation.volumes();
        this.rename = new ContainerRename(root, files);
        Leftovers leftovers = new Leftovers(root, files, rename, new TreeRemoval(launcher, facts), events);
        this.healing = new Healing(files, leftovers, launcher, facts.bootId(), events);
        this.healed = new HealedContainers(files, healing, leftovers);
        this.removal = new ContainerRemoval(files, healing, root, launcher);
        this.making = new ContainerMaking(creation, networks, volumes, root, healed, removal);
        this.exec = new ContainerExec(files, root, facts, launcher, runtimes);
        this.roots = new Roots(facts, launcher, root, images);
        this.start = new ContainerStart(files, removal, creation, roots, networks, volumes, launcher, root);
        this.control = new ContainerControl(files);
        this.update = new ContainerUpdate(files, start, control, facts, launcher);
        this.boot = new Boot(files, start, facts.bootId());
        this.processes = new ContainerProcesses(files, facts);
    }

    /** {@return what the host can do} */
    public HostFacts facts() {
        return facts;
    }

    /** {@return what can run containers here, and what could if it were installed} */
    public List<RuntimeListing> runtimes() {
        return runtimes.list();
    }

    /** {@return how layers and roots of containers to come are kept} */
    public StorageChoice storage() {
        return images.storage().drivers().choice();
    }

    /** {@return where state is} */
    public StateRoot root() {
        return root;
    }

    /**
     * Creates a container that somebody may start later.
     *
     * @return its id, 64 hexadecimal digits
     * @throws WherryException if what is asked cannot be had; then nothing is left behind
     */
    public String create(ContainerSpec asked) {
        ContainerSpec spec = settled(asked);
        ContainerId id = ContainerId.random();
        create(spec, id, true);
        return id.text();
    }

    /**
     * Creates a container with the words of another and a copy of its files as they are now; it does not run. One that runs is paused while its files are copied, but where the copy is a snapshot.
     *
     * @param name the new one's; absent: one is made up
     * @return its id, 64 hexadecimal digits
     * @throws WherryException of kind UNSUPPORTED if it has no files of its own; ALREADY_EXISTS if the name is taken
     */
    public String copy(String word, Optional<String> name) {
        try (FileLocks.Held _ = images.storage().content().keep()) {
            return new ContainerClone(this).of(healed(word), name).text();
        }
    }

    /**
     * Starts a container and returns once it runs; one that runs is left alone. Nobody stays attached.
     *
     * @throws WherryException if it is paused, damaged, or cannot be started; then it is as it was
     */
    public void start(String word) {
        start.start(healed(word));
    }

    /**
     * Ends a container: a signal, then, after a time, the end of everything in it. One that does not run is as wanted. Its restart policy does not start it again.
     *
     * @param signal empty for the container's own
     * @param seconds until it is killed; negative for never; empty for the container's own, or ten
     */
    public void stop(String word, Optional<Signal> signal, OptionalInt seconds) {
        control.stop(found(word), signal, seconds);
    }

    /** Stops a container if it runs, as {@link #stop} does, and starts it. */
    public void restart(String word, Optional<Signal> signal, OptionalInt seconds) {
        ContainerId id = healed(word);
        start.refuseMounted(id, files.record(id).name(), "started again");
        control.stop(id, signal, seconds);
        removal.waitUntilUnattended(id);
        start.start(id);
        events.append(id, "restart", Map.of());
    }

    /**
     * Sends a signal to the first process of a container that runs. Behind {@link Signal#KILL} it has ended.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it does not run
     */
    public void kill(String word, Signal signal) {
        control.kill(found(word), signal);
    }

    /** Freezes all processes of a container, or thaws them. */
    public void pause(String word, boolean frozen) {
        if (frozen) {
            control.pause(healed(word));
        } else {
            control.resume(healed(word));
        }
    }

    /**
     * Waits for the end of a container.
     *
     * @return the exit code; of the last end if what is waited for has been
     * @throws WherryException of kind FAILED_PRECONDITION if it does not run and an end that is still to come is meant
     */
    public int await(String word, Until until) {
        return control.await(healed(word), until);
    }

    /**
     * Gives a container another name.
     *
     * @throws WherryException of kind ALREADY_EXISTS if the name is taken, INVALID if it cannot be one
     */
    public void rename(String word, String name) {
        ContainerId id = healed(word);
        String old = files.record(id).name();
        rename.rename(id, name);
        events.renamed(files.record(id), old);
    }

    /**
     * Changes limits and restart policy of a container, also while it runs; everything else that is changed holds from its next start on.
     *
     * @throws WherryException if what is asked cannot be had; then what is kept is as it was
     */
    public void update(String word, Consumer<ContainerSpec.Builder> change) {
        ContainerId id = healed(word);
        update.update(id, change);
        events.append(id, "update", Map.of());
    }

    /**
     * What came of a container that was to be started.
     *
     * @param name its name
     * @param failure why it could not be started; empty if it runs
     */
    public record Booted(String name, String failure) {}

    /** Starts what should run after a reboot, by restart policy. {@return what came of each, in the order of their creation} */
    public List<Booted> boot() {
        return boot.run(containers());
    }

    /** {@return what was asked, with what configuration and runtime add to it} */
    ContainerSpec settled(ContainerSpec asked) {
        ContainerSpec spec = runtimes.choose(asked);
        return DevelopmentEnvironment.is(spec) ? DevelopmentEnvironment.complete(spec, facts) : spec;
    }

    /** The same where there may be no room to heal. */
    private ContainerId found(String word) {
        return new Reserve(root.root()).orSpend(() -> healed(word));
    }

    ContainerId healed(String word) {
        return healed.find(word);
    }

    /** Makes a container of an image or a folder. No image and no layer is removed from the look at this one's on until the container is recorded as a user of it. */
    KernelProgram create(ContainerSpec spec, ContainerId id, boolean lasts) {
        try (FileLocks.Held _ = images.storage().content().keep()) {
            return create(spec, roots.of(spec, files.folder(id)), id, lasts);
        }
    }

    KernelProgram create(ContainerSpec spec, ContainerRoot from, ContainerId id, boolean lasts) {
        return making.make(spec, from, id, lasts);
    }

    /** {@return the program of an execution with these words} */
    public Explanation explain(String word, ExecSpec spec) {
        return explaining().execution(healed(word), spec);
    }

    /** {@return the program of a container with these words; nothing is claimed, made or pulled} */
    public Explanation explain(ContainerSpec asked) {
        return explaining().asked(settled(asked));
    }

    /** {@return the stored program of a container} */
    public Explanation explain(String word) {
        return explaining().stored(files.find(word));
    }

    private Explaining explaining() {
        return new Explaining(files, roots, networks, creation, volumes, start, exec);
    }

    /** {@return what to say about an execution whose program failed} */
    public FailureReport report(String word, ExecSpec spec, Failure failure) {
        return exec.report(healed(word), spec, failure);
    }

    /**
     * {@return what to say about a container whose program failed; one that was to be removed is gone afterwards}
     *
     * @param id the id that was handed to the launcher
     */
    public FailureReport report(String id, Failure failure) {
        return new FailedStart(files, start, healing, removal).report(new ContainerId(id), failure);
    }

    /** {@return all that is known of the container that a name, an id or the beginning of an id names, healed} */
    public ContainerDetails inspect(String word) {
        return new Inspection(root, files, images, exec, volumes).details(healed(word));
    }

    /**
     * {@return the processes of a container that runs or is paused, by their numbers}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it does neither
     */
    public List<ContainerProcess> processes(String word) {
        return processes.listed(healed(word));
    }

    /** {@return what a container uses now; empty if it does not run} */
    public Optional<ContainerStats> stats(String word) {
        ContainerId id = healed(word);
        return new StatsReader(processes, facts).read(id, files.record(id).spec());
    }

    /** {@return all images that are not damaged, by name} */
    public List<Image> images() {
        return images.list();
    }

    /** {@return all images that are damaged} */
    public List<DamagedImage> damagedImages() {
        return images.damaged();
    }

    /** Looks at everything below the root. {@return each object, with what is wrong with it} */
    public List<CheckedObject> check(RootCheck how) {
        return how.run(root, images, files, containers());
    }

    /** {@return what everything below the root takes of the disk} */
    public DiskUsage diskUsage() {
        List<Container> containers = containers();
        return new Reserve(root.root())
                .orSpend(() -> DiskMeasure.of(root, images, files, volumes().list(), containers));
    }

    /**
     * {@return the image that a name stands for}
     *
     * @throws WherryException of kind NOT_FOUND if it is not here
     */
    public Image image(String name) {
        return images.named(name);
    }

    /** {@return how an image was made, the last step first; an image may tell nothing of that} */
    public List<ImageHistory> history(String name) {
        return images.history(image(name));
    }

    /** {@return whether a name stands for an image that is here} */
    public boolean hasImage(String name) {
        return images.has(name);
    }

    /**
     * Pulls an image.
     *
     * @param platform which of its platforms; absent for this host's
     * @param notes receives sentences about what could not be unpacked here
     */
    public Image pull(String name, Optional<String> platform, PullListener listener, List<String> notes) {
        Image image = new RegistryPull(images).pull(name, platform, listener, notes);
        new ImageEvents(root, images).pulled(image);
        return image;
    }

    /**
     * Pulls an image into a folder that can be run by its path, as {@link PlainFolder}; the image gets no name here.
     *
     * @param folder where, which must not be there yet; absent: the last part of the image's name, in the current folder
     * @param platform which of its platforms; absent for this host's
     * @param notes receives sentences about what could not be unpacked here
     * @return the folder, absolute
     */
    public Path pullFolder(
            String name,
            Optional<String> folder,
            Optional<String> platform,
            PullListener listener,
            List<String> notes) {
        return new FolderPull(images, launcher, facts).pull(name, folder, platform, listener, notes);
    }

    /**
     * Loads the images of an archive, or of a folder that is an OCI image layout.
     *
     * @param platform which images, and which of an index; absent: all, and of an index the one for this host
     * @param notes receives sentences about what could not be unpacked here
     * @param loaded called for each name, and for an image without any, when it can be used
     */
    public void load(
            Path archive,
            Optional<String> platform,
            PullListener listener,
            List<String> notes,
            Consumer<Image> loaded) {
        imageLoad().load(archive, new ImageLoad.Wish(platform, listener, notes, loaded));
    }

    /** The same for an archive that somebody writes as it is read, compressed or not. The stream stays the caller's. */
    public void load(
            InputStream archive,
            Optional<String> platform,
            PullListener listener,
            List<String> notes,
            Consumer<Image> loaded) {
        imageLoad().load(archive, new ImageLoad.Wish(platform, listener, notes, loaded));
    }

    /** {@return what saves these images: names or ids, in the order of the archive} */
    public ImageSave save(List<String> images) {
        return new ImageSave(this.images, images);
    }

    /**
     * Makes an image of one layer from an archive of files, compressed or not. The stream stays the caller's.
     *
     * @param notes receives sentences about what could not be unpacked here
     */
    public Image importImage(InputStream archive, ImportSpec spec, List<String> notes) {
        return new ImageImport(images, imageRemoval(), new ImageEvents(root, images)).run(archive, spec, notes);
    }

    private ImageLoad imageLoad() {
        return new ImageLoad(images, imageRemoval(), new ImageEvents(root, images));
    }

    /**
     * Gives an image one name more.
     *
     * @param word its name, its id, or the beginning of its id
     */
    public void tag(String word, String name) {
        new ImageTag(images, new ImageEvents(root, images)).tag(word, name);
    }

    /**
     * Pushes an image to the registry that its name says.
     *
     * @param notes receives sentences about what was not sent
     */
    public RegistryPush.Done push(String name, PushListener listener, List<String> notes) {
        return new RegistryPush(images, new ImageEvents(root, images)).push(image(name), listener, notes);
    }

    /**
     * Takes an image's name away, and what nothing else needs.
     *
     * @param force also if ended containers were made from it
     */
    public void removeImage(String name, boolean force) {
        roomy(() -> {
            imageRemoval().remove(name, force);
            return name;
        });
    }

    /** Removes images that nothing uses. {@return what was removed} */
    public Pruned pruneImages(ImagePrune what) {
        return roomy(() -> what.run(images, files, imageRemoval()));
    }

    /** Gives up blobs that can be fetched again. {@return what was removed} */
    public Pruned pruneBlobs(BlobPrune what) {
        return roomy(() -> what.run(images));
    }

    /** Takes down the networks of this root that no container is on. {@return their names} */
    public List<String> pruneNetworks() {
        return new NetworkPrune(root, files, images.storage().content(), launcher).run();
    }

    /** Removes all that nothing uses. {@return what was removed} */
    public SystemPrune.Result prune(SystemPrune what) {
        return what.run(this, images);
    }

    ImageRemoval imageRemoval() {
        return new ImageRemoval(images, files, new ImageEvents(root, images), new MountPlaces(root, launcher));
    }

    /** What makes room, or shows where it is, works where there is none: see {@link Reserve}. */
    private <T> T roomy(Supplier<T> work) {
        Reserve reserve = new Reserve(root.root());
        T result = reserve.orSpend(work);
        reserve.keep();
        return result;
    }

    /** {@return all containers, healed, in the order of their creation, the newest first} */
    public List<Container> containers() {
        return new Reserve(root.root()).orSpend(healed::all);
    }

    /** {@return the container that a name, an id or the beginning of an id names, healed} */
    public Container container(String word) {
        return files.read(found(word));
    }

    /**
     * Opens the root of a container, or of an image, which then cannot be written, as a folder of the host; one that is open already stays.
     *
     * @param word a container's name; else an image's
     * @param folder where it is wanted too; it is there
     * @return where it is
     * @throws WherryException of kind UNSUPPORTED if it is an overlay and the caller is not system root
     */
    public Path mount(String word, Optional<Path> folder) {
        return mounts().mount(word, folder);
    }

    /** Takes away what {@link #mount} made for a container or an image, wherever that is; none is as wanted. */
    public void unmount(String word) {
        mounts().unmount(word);
    }

    /** {@return what is mounted, as the kernel says} */
    public List<MountedRoot> mounted() {
        return mounts().list();
    }

    private ContainerMounts mounts() {
        return new ContainerMounts(files, roots, images, facts, launcher, root);
    }

    /**
     * Reads a container's log; following, until the container ends.
     *
     * @param output called by this thread, with large pieces
     * @throws WherryException of kind UNSUPPORTED if its log driver keeps nothing that could be read
     */
    public void logs(String word, LogQuery query, LogOutput output) {
        new ContainerLogs(files).read(found(word), query, output);
    }

    /** {@return what reads and writes the files of containers} */
    public ContainerTrees trees() {
        return new ContainerTrees(this, images, launcher);
    }

    /**
     * Reads the journal of events; up to a moment that is still to come, as they happen.
     *
     * @param output called by this thread
     */
    public void events(EventQuery query, EventOutput output) {
        events.read(query, output);
    }

    /**
     * Removes a container.
     *
     * @param force whether it is killed if it runs, and unmounted if it is mounted
     * @throws WherryException of kind FAILED_PRECONDITION if it runs, or is mounted, and is not forced
     */
    public void remove(String word, boolean force) {
        roomy(() -> {
            removal.remove(files.find(word), force);
            return word;
        });
    }

    /** The same, and the volumes that were made for the container alone. */
    public void removeWithVolumes(String word, boolean force) {
        ContainerId id = files.find(word);
        ContainerSpec spec = files.read(id).spec();
        remove(word, force);
        volumes.free(spec);
    }

    /** {@return the volumes} */
    public VolumeCatalog volumes() {
        return new VolumeCatalog(root, files, images.storage());
    }
}
