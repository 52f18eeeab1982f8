package io.wherry.engine;

import io.wherry.engine.log.LogOutput;
import io.wherry.engine.log.LogQuery;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The engine: images and containers on a state root. No static state, no signal handler, no exit of the JVM. Safe for several threads; several engines and several
 * processes may share a root.
 *
 * <p>Every operation that looks at containers heals first what a lost monitor left behind. Errors are {@link WherryException}.
 */
public final class Engine {
    private final StateRoot root;
    private final HostFacts facts;
    private final Launcher launcher;
    private final ContainerFiles files;
    private final Creation creation;
    private final Leftovers leftovers;
    private final Healing healing;
    private final ContainerRemoval removal;
    private final Roots roots;
    private final ContainerStart start;
    private final ContainerControl control;
    private final ImageCatalog images;
    private final Networks networks;

    /**
     * An engine.
     *
     * @param root where state is
     * @param facts what the host can do
     * @param launcher what runs programs
     * @param images the images
     */
    Engine(StateRoot root, HostFacts facts, Launcher launcher, ImageCatalog images) {
        this.root = root;
        this.facts = facts;
        this.launcher = launcher;
        this.files = new ContainerFiles(root, facts.bootId());
        this.images = images;
        this.networks = new Networks(root, facts);
        this.creation = new Creation(root, files, facts, images.storage());
        this.leftovers = new Leftovers(root, files, launcher);
        this.healing = new Healing(files, leftovers, launcher, facts.bootId());
        this.removal = new ContainerRemoval(files, healing);
        this.roots = new Roots(facts, launcher, root, images);
        this.start = new ContainerStart(files, removal, creation, roots, networks, launcher);
        this.control = new ContainerControl(files);
    }

    /**
     * {@return an engine on a root}
     *
     * @param builtIn a folder of OCI image layouts that need no network, one a name
     * @param driver the storage driver; empty for the best that works here
     */
    public static Engine open(StateRoot root, HostFacts facts, Launcher launcher, Path builtIn, String driver) {
        Storage storage = Storage.of(root, facts, launcher, driver);
        return new Engine(root, facts, launcher, new ImageCatalog(storage, launcher, builtIn));
    }

    /** {@return what the host can do} */
    public HostFacts facts() {
        return facts;
    }

    /** {@return where state is} */
    public StateRoot root() {
        return root;
    }

    /**
     * Creates a container and hands its program to the launcher. For a command this is the end: the launcher takes over.
     *
     * @throws WherryException if what is asked cannot be had; then nothing is left behind
     */
    public void run(ContainerSpec spec) {
        ContainerId id = ContainerId.random();
        ContainerRoot from = roots.of(spec, files.folder(id));
        launcher.launch(create(spec, from, id), id.text(), launchFlags(spec));
    }

    /**
     * Creates a container that somebody may start later.
     *
     * @return its id, 64 hexadecimal digits
     * @throws WherryException if what is asked cannot be had; then nothing is left behind
     */
    public String create(ContainerSpec spec) {
        ContainerId id = ContainerId.random();
        create(spec, roots.of(spec, files.folder(id)), id);
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
     * Hands the program of a container that exists to the launcher, which stays attached to it. For a command this is the end.
     *
     * @param input whether the caller's input is forwarded, if the container has one
     * @throws WherryException of kind FAILED_PRECONDITION if it runs already
     */
    public void startAttached(String word, boolean input) {
        ContainerId id = healed(word);
        ContainerSpec spec = files.record(id).spec();
        KernelProgram program = start.prepare(id)
                .orElseThrow(() -> new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The container `" + word + "` is running already.",
                        "Attach to it with `wherry attach " + word + "`."));
        launcher.launch(
                program,
                id.text(),
                (input && spec.interactive() ? Launcher.INTERACTIVE : 0) | (spec.terminal() ? Launcher.TERMINAL : 0));
    }

    /**
     * Ends a container: a signal, then, after a time, the end of everything in it. One that does not run is as wanted. Its restart policy does not start it again.
     *
     * @param signal empty for the container's own
     * @param seconds until it is killed; negative for never; empty for the container's own, or ten
     */
    public void stop(String word, Optional<Signal> signal, OptionalInt seconds) {
        control.stop(healed(word), signal, seconds);
    }

    /** Stops a container if it runs, as {@link #stop} does, and starts it. */
    public void restart(String word, Optional<Signal> signal, OptionalInt seconds) {
        ContainerId id = healed(word);
        control.stop(id, signal, seconds);
        removal.waitUntilUnattended(id);
        start.start(id);
    }

    /**
     * Sends a signal to the first process of a container that runs. Behind {@link Signal#KILL} it has ended.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it does not run
     */
    public void kill(String word, Signal signal) {
        control.kill(healed(word), signal);
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
     * @param next whether an end that is still to come is meant, also of one that does not run
     * @return the exit code; of the last end if it does not run and {@code next} is not set
     */
    public int await(String word, boolean next) {
        return control.await(healed(word), next);
    }

    private ContainerId healed(String word) {
        healing.heal(files.find(word));
        return files.find(word); // healing may have removed it
    }

    /** A name that is taken by something dead or ending is free once that is cleaned up. */
    private KernelProgram create(ContainerSpec spec, ContainerRoot from, ContainerId id) {
        try {
            return connected(spec, from, id);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.ALREADY_EXISTS) {
                throw e;
            }
            ContainerId owner = Leftovers.owner(root.names().resolve(spec.name().orElse("")));
            if (owner != null) {
                removal.waitIfEnding(owner);
            }
            containers();
            return connected(spec, from, id);
        }
    }

    private KernelProgram connected(ContainerSpec spec, ContainerRoot from, ContainerId id) {
        Creation.NetworkChoice network = networks.claim(spec, id);
        try {
            return creation.create(spec, from, id, network);
        } catch (WherryException e) {
            networks.release(network, id);
            throw e;
        }
    }

    private static int launchFlags(ContainerSpec spec) {
        return (spec.detached() ? Launcher.DETACHED : 0)
                | (spec.interactive() ? Launcher.INTERACTIVE : 0)
                | (spec.terminal() ? Launcher.TERMINAL : 0);
    }

    /** {@return the program that {@link #run} would hand over for the same words; nothing is claimed, made or pulled} */
    public Explanation explain(ContainerSpec spec) {
        ContainerId id = ContainerId.random();
        String name = spec.name().orElse(ContainerNames.generated(id, 0));
        ContainerRoot from = roots.of(spec, files.folder(id));
        Creation.Compiled compiled = creation.compile(spec, from, id, name, networks.preview(spec, id));
        return new Explanation(compiled.plan(), compiled.program());
    }

    /** {@return the stored program of a container} */
    public Explanation explain(String word) {
        ContainerId id = files.find(word);
        return new Explanation(recompile(id).plan(), files.program(id));
    }

    private Creation.Compiled recompile(ContainerId id) {
        return start.compile(files.record(id));
    }

    /** {@return all images, by name} */
    public List<Image> images() {
        return images.list();
    }

    /**
     * {@return the image that a name stands for}
     *
     * @throws WherryException of kind NOT_FOUND if it is not here
     */
    public Image image(String name) {
        return images.find(name)
                .orElseThrow(() -> new WherryException(
                        WherryException.Kind.NOT_FOUND,
                        "There is no image `" + name + "` here.",
                        "`wherry images` lists those that are; `wherry pull " + name + "` brings it."));
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
        return new RegistryPull(images).pull(name, platform, listener, notes);
    }

    /**
     * Takes an image's name away, and what nothing else needs.
     *
     * @param force also if ended containers were made from it
     */
    public void removeImage(String name, boolean force) {
        new ImageRemoval(images, files).remove(image(name), force);
    }

    /** {@return all containers, healed, in the order of their creation, the newest first} */
    public List<Container> containers() {
        leftovers.collect();
        List<Container> containers = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            try {
                healing.heal(id);
            } catch (WherryException e) {
                // its state is shown as it is; whoever names it meets the error
            }
            if (Files.exists(files.folder(id))) { // healing may have removed it
                containers.add(files.read(id));
            }
        }
        containers.sort((a, b) -> b.created().compareTo(a.created()));
        return containers;
    }

    /** {@return the container that a name, an id or the beginning of an id names, healed} */
    public Container container(String word) {
        healing.heal(files.find(word));
        return files.read(files.find(word)); // healing may have removed it
    }

    /**
     * Reads a container's log; following, until the container ends.
     *
     * @param output called by this thread, with large pieces
     * @throws WherryException of kind UNSUPPORTED if its log driver keeps nothing that could be read
     */
    public void logs(String word, LogQuery query, LogOutput output) {
        healing.heal(files.find(word));
        new ContainerLogs(files).read(files.find(word), query, output);
    }

    /**
     * Removes a container.
     *
     * @param force whether it is killed if it runs
     * @throws WherryException of kind FAILED_PRECONDITION if it runs and is not to be killed
     */
    public void remove(String word, boolean force) {
        removal.remove(files.find(word), force);
    }

    /**
     * Hands the program of a container that could not be started over once more, if it comes out differently for the facts that this engine has: then it failed for facts that no longer
     * hold. For a command that is the end.
     *
     * @param id the id that was handed to the launcher
     * @return whether there is another program; if not, it failed for a reason of its own
     */
    public boolean again(String id) {
        ContainerId container = new ContainerId(id);
        KernelProgram program = recompile(container).program();
        if (Arrays.equals(program.bytes(), files.program(container).bytes())) {
            return false;
        }
        removal.waitUntilUnattended(container); // the pilot has said its last word and may still be ending
        StateFile.write(files.folder(container).resolve("program"), program.bytes());
        launcher.launch(program, id, launchFlags(files.record(container).spec()));
        return true;
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
                record.name(), compiled.config().process().args(), files.program(container), compiled.plan(), failure);
        removal.waitUntilUnattended(container); // the pilot has said its last word and may still be ending
        healing.heal(container);
        if (record.spec().remove() && Files.exists(files.folder(container))) {
            healing.remove(container);
        }
        return report;
    }
}
