package io.wherry.engine;

import io.wherry.engine.event.EventOutput;
import io.wherry.engine.event.EventQuery;
import io.wherry.engine.event.EventReader;
import io.wherry.engine.log.LogOutput;
import io.wherry.engine.log.LogQuery;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.Reserve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private final ContainerEvents events;
    private final Leftovers leftovers;
    final Healing healing;
    final ContainerRemoval removal;
    final Roots roots;
    final ContainerStart start;
    private final ContainerControl control;
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
        this.images = new ImageCatalog(Storage.of(root, facts, launcher, driver), launcher, builtIn);
        this.networks = new Networks(root, facts);
        this.events = new ContainerEvents(root, files);
        this.runtimes = new Runtimes();
        this.creation = new Creation(root, files, facts, images.storage(), runtimes);
        this.rename = new ContainerRename(root, files);
        this.leftovers = new Leftovers(root, files, rename, launcher, events);
        this.healing = new Healing(files, leftovers, launcher, facts.bootId(), events);
        this.removal = new ContainerRemoval(files, healing);
        this.exec = new ContainerExec(files, root, facts, launcher, runtimes);
        this.roots = new Roots(facts, launcher, root, images);
        this.start = new ContainerStart(files, removal, creation, roots, networks, launcher);
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
        create(spec, roots.of(spec, files.folder(id)), id, true);
        return id.text();
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
        healing.heal(files.find(word));
        return files.find(word); // healing may have removed it
    }

    /** A name that is taken by something dead or ending is free once that is cleaned up. */
    KernelProgram create(ContainerSpec spec, ContainerRoot from, ContainerId id, boolean lasts) {
        try {
            return connected(spec, from, id, lasts);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.ALREADY_EXISTS) {
                throw e;
            }
            ContainerId owner = Leftovers.owner(root.names().resolve(spec.name().orElse("")));
            if (owner != null) {
                removal.waitIfEnding(owner);
            }
            containers();
            return connected(spec, from, id, lasts);
        }
    }

    private KernelProgram connected(ContainerSpec spec, ContainerRoot from, ContainerId id, boolean lasts) {
        Creation.NetworkChoice network = networks.claim(spec, id);
        try {
            return creation.create(spec, from, id, network, lasts);
        } catch (WherryException e) {
            networks.release(network, id);
            throw e;
        }
    }

    /** {@return the program of an execution with these words} */
    public Explanation explain(String word, ExecSpec spec) {
        ContainerId container = healed(word);
        ContainerExec.Compiled compiled = exec.compile(container, spec);
        return Explanation.ofExec(compiled.plan(), compiled.program())
                .of(compiled.id(), "", Optional.empty())
                .of(container.text(), "", Optional.empty());
    }

    /** {@return what to say about an execution whose program failed} */
    public FailureReport report(String word, ExecSpec spec, Failure failure) {
        return exec.report(healed(word), spec, failure);
    }

    /** {@return the program of a container with these words; nothing is claimed, made or pulled} */
    public Explanation explain(ContainerSpec asked) {
        ContainerSpec spec = settled(asked);
        ContainerId id = ContainerId.random();
        String name = spec.name().orElse(ContainerNames.generated(id, 0));
        ContainerRoot from = roots.of(spec, files.folder(id));
        Creation.NetworkChoice network = networks.preview(spec, id);
        Creation.Compiled compiled = creation.compile(spec, from, id, name, network);
        return new Explanation(compiled.plan(), compiled.program()).of(id.text(), name, network.address());
    }

    /** {@return the stored program of a container} */
    public Explanation explain(String word) {
        ContainerId id = files.find(word);
        ContainerRecord record = files.record(id);
        return new Explanation(recompile(id).plan(), files.program(id)).of(id.text(), record.name(), record.address());
    }

    Creation.Compiled recompile(ContainerId id) {
        return start.compile(files.record(id));
    }

    /** {@return all that is known of the container that a name, an id or the beginning of an id names, healed} */
    public ContainerDetails inspect(String word) {
        return new Inspection(root, files, images, exec).details(healed(word));
    }

    /**
     * {@return the processes of a container that runs or is paused, by their numbers}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it does neither
     */
    public List<ContainerProcess> processes(String word) {
        ContainerId id = healed(word);
        Container container = files.read(id);
        List<ContainerProcess> list = processes.list(id);
        if (list.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The container `" + container.name() + "` has no processes: it is "
                            + container.status().word() + ".");
        }
        return list;
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
        return new Reserve(root.root()).orSpend(() -> DiskMeasure.of(root, images, files, containers));
    }

    /**
     * {@return the image that a name stands for}
     *
     * @throws WherryException of kind NOT_FOUND if it is not here
     */
    public Image image(String name) {
        return images.find(name).orElseThrow(() -> ImageCatalog.none(name));
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

    /** Removes all that nothing uses. {@return what was removed} */
    public SystemPrune.Result prune(SystemPrune what) {
        return what.run(this, images);
    }

    private ImageRemoval imageRemoval() {
        return new ImageRemoval(images, files, new ImageEvents(root, images));
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
        return new Reserve(root.root()).orSpend(this::listed);
    }

    private List<Container> listed() {
        List<Container> containers = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            FolderLook look = files.look(id);
            try {
                look = healing.heal(id, look) ? files.look(id) : look;
            } catch (WherryException e) {
                look = files.look(id); // its state is shown as it is; whoever names it meets the error
            }
            try {
                containers.add(files.found(id, look).container());
            } catch (WherryException e) {
                // healing, or another command, has removed it
            }
        }
        leftovers.collect(containers);
        containers.sort((a, b) -> b.created().compareTo(a.created()));
        return containers;
    }

    /** {@return the container that a name, an id or the beginning of an id names, healed} */
    public Container container(String word) {
        return files.read(found(word));
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

    /**
     * Reads the journal of events; up to a moment that is still to come, as they happen.
     *
     * @param output called by this thread
     */
    public void events(EventQuery query, EventOutput output) {
        try {
            new EventReader(root.events(), query, output).read();
        } catch (IOException e) {
            throw StateFile.failed("read the events in", root.events(), e);
        }
    }

    /**
     * Removes a container.
     *
     * @param force whether it is killed if it runs
     * @throws WherryException of kind FAILED_PRECONDITION if it runs and is not to be killed
     */
    public void remove(String word, boolean force) {
        roomy(() -> {
            removal.remove(files.find(word), force);
            return word;
        });
    }

    /**
     * {@return what to say about a container whose program failed; one that was to be removed is gone afterwards}
     *
     * @param id the id that was handed to the launcher
     */
    public FailureReport report(String id, Failure failure) {
        ContainerId container = new ContainerId(id);
        ContainerRecord record = files.record(container);
        Creation.Compiled compiled = recompile(container);
        FailureReport report = FailureReport.of(
                record.name(),
                compiled.config().process().args(),
                files.program(container),
                compiled.plan(),
                failure,
                ToolWords.of(files.folder(container)));
        removal.waitUntilUnattended(container); // the pilot has said its last word and may still be ending
        healing.heal(container);
        if (record.spec().remove() && Files.exists(files.folder(container))) {
            removal.remove(container, false);
        }
        return report;
    }
}
