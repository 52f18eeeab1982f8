package io.wherry.engine;

import io.wherry.kernel.devices.DevicePattern;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.Plan;
import io.wherry.oci.Digest;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Placement;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.RootfsMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates a container: from what was asked to a folder that holds everything its start needs. {@link #compile} is pure, and the same for {@code explain}
 * and {@code run}; {@link #create} has the effects: name, folder, lock file. The folder appears by one rename, whole.
 */
final class Creation {
    private final StateRoot root;
    private final ContainerFiles files;
    private final HostFacts facts;
    private final Storage storage;
    private final ContainerEvents events;
    private final Runtimes runtimes;
    private final ContainerVolumes volumes;

    Creation(StateRoot root, ContainerFiles files, HostFacts facts, ImageCatalog images, Runtimes runtimes) {
        this.runtimes = runtimes;
        this.volumes = new ContainerVolumes(root, files, facts, images);
        this.events = new ContainerEvents(root, files);
        this.storage = images.storage();
        this.root = root;
        this.files = files;
        this.facts = facts;
    }

    /** {@return the volumes that its containers have} */
    ContainerVolumes volumes() {
        return volumes;
    }

    /** Refuses a limit of size that cannot be had here, before anything is made: first what no filesystem would change. */
    void requireLimit(ContainerSpec spec, ContainerRoot from) {
        SizeLimit.check(spec, from, facts);
        SizeLimit.require(spec, from, root);
    }

    /** What compilation makes of a container. */
    record Compiled(RuntimeConfig config, Plan plan, KernelProgram program) {}

    Compiled compile(ContainerSpec spec, ContainerRoot from, ContainerId id, String name, NetworkChoice network) {
        SizeLimit.check(spec, from, facts);
        Account account = DevelopmentEnvironment.is(spec)
                ? DevelopmentEnvironment.account(spec, facts)
                : Account.lookUp(
                        spec.user().orElse(from.defaults().user()),
                        spec.groups(),
                        from.accounts().passwd(),
                        from.accounts().group());
        NetworkFiles networkFiles = new NetworkFiles(files.folder(id), network.address());
        RuntimeConfig config = ConfigCompiler.compile(
                spec, from.defaults(), account, volumes, networkFiles, network.parameters(), facts, id);
        Runtimes.Found runtime = runtimes.of(spec);
        RuntimeDemands.check(spec, runtime.name(), runtime.kind());
        Plan plan = runtime.runtime()
                .compile(config, from.rootfs(), placement(spec, from, config, id, name), network.attachment(), facts);
        return new Compiled(config, plan, plan.compile(KernelProgram.STARTS_CONTAINER));
    }

    private Placement placement(
            ContainerSpec spec, ContainerRoot from, RuntimeConfig config, ContainerId id, String name) {
        return new Placement(
                id.text(),
                root.containers().toString(),
                files.lock(id).toString(),
                root.running().toString(),
                root.trash().toString(),
                root.names().toString(),
                root.events().toString(),
                name,
                facts.bootId(),
                spec.interactive(),
                spec.remove(),
                restart(spec),
                stopSignal(spec, from, config).number(),
                LogChoice.of(spec, config.process().env(), id, name).log(),
                HealthChoice.of(spec, from.defaults()),
                devices(spec),
                SizeLimit.quota(spec, from, id));
    }

    /** A development environment has all devices anyhow; a selector that nobody understands is refused there too. */
    private static List<DevicePattern> devices(ContainerSpec spec) {
        List<DevicePattern> patterns = new ArrayList<>();
        for (String device : spec.devices()) {
            if (DeviceSelector.is(device)) {
                patterns.addAll(DeviceSelector.parse(device));
            }
        }
        return DevelopmentEnvironment.is(spec) ? List.of() : patterns;
    }

    /** An init is asked to shut down, which each kind of it is by a signal of its own (systemd(1), init(8)). */
    private static Signal stopSignal(ContainerSpec spec, ContainerRoot from, RuntimeConfig config) {
        Optional<String> word = spec.stopSignal().isPresent()
                ? spec.stopSignal()
                : from.defaults().stopSignal();
        String program = config.process().args().get(0);
        if (word.isPresent()) {
            return Signal.parse(word.get());
        }
        return switch (program.substring(program.lastIndexOf('/') + 1)) {
            case "systemd" -> Signal.parse("SIGRTMIN+3");
            case "init" -> Signal.parse("SIGPWR");
            default -> Signal.TERM;
        };
    }

    /** What follows an end, as the monitor numbers it. */
    static Placement.Restart restart(ContainerSpec spec) {
        RestartPolicy policy = spec.restart().orElse(RestartPolicy.NO);
        if (policy.kind() == RestartPolicy.Kind.NO) {
            return Placement.Restart.NO;
        }
        if (spec.remove()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "A container that is removed when it has ended cannot be started again by `" + policy.text() + "`.",
                    "Leave --rm or --restart out.");
        }
        return new Placement.Restart(policy.kind() == RestartPolicy.Kind.ON_FAILURE ? 1 : 2, policy.most());
    }

    /**
     * {@return the program of a container that now is on disk}
     *
     * @param lasts whether it must survive a power cut; one that is started at once and removed at its end need not
     */
    KernelProgram create(ContainerSpec spec, ContainerRoot from, ContainerId id, NetworkChoice network, boolean lasts) {
        try (HeldLock _ = HeldLock.take(files.lock(id))) {
            return createLocked(spec, from, id, network, lasts);
        } catch (IOException e) {
            throw StateFile.failed("lock", files.lock(id), e);
        }
    }

    private KernelProgram createLocked(
            ContainerSpec spec, ContainerRoot from, ContainerId id, NetworkChoice network, boolean lasts) {
        String name;
        try {
            name = ContainerNames.take(root.names(), spec.name(), id, lasts);
        } catch (WherryException e) {
            StateFile.remove(files.lock(id));
            throw e;
        }
        boolean done = false;
        try {
            Compiled compiled = compile(spec, from, id, name, network);
            ContainerRecord record = new ContainerRecord(
                    id,
                    name,
                    Timestamp.now(),
                    from.image().map(image -> image.id().toString()),
                    layers(from),
                    from.driver(),
                    network.address(),
                    stopSignal(spec, from, compiled.config()),
                    compiled.config().process().args(),
                    from.defaults().labels(),
                    spec);
            write(record, from, compiled, network, lasts);
            done = true;
            return compiled.program();
        } finally {
            if (!done) {
                delete(files.unfinished(id));
                StateFile.remove(root.names().resolve(name));
                StateFile.remove(files.lock(id));
            }
        }
    }

    private void write(
            ContainerRecord record, ContainerRoot from, Compiled compiled, NetworkChoice network, boolean durable) {
        ContainerId id = record.id();
        Path folder = files.unfinished(id);
        try {
            makeFolder(folder);
            if (from.image().isPresent()) {
                prepare(record, from, from.image().get().chains(), folder);
            }
            StateFile.writeInside(folder, ContainerRecord.FILE, record.bytes(), durable);
            StateFile.writeInside(
                    folder,
                    "config.json",
                    compiled.config().toJson().toString().getBytes(StandardCharsets.UTF_8),
                    durable);
            StateFile.writeInside(folder, "program", compiled.program().bytes(), durable);
            String hostname = compiled.config().hostname().orElse(record.name());
            new NetworkFiles(folder, network.address()).write(folder, hostname, network.resolver(), durable);
            if (!durable) {
                StateFile.writeInside(folder, "temporary-" + facts.bootId(), new byte[0], false);
            }

            byte[] template = ContainerEvents.template(record);
            StateFile.writeInside(folder, ContainerEvents.UNTOLD, template, durable);
            if (durable) {
                StateFile.syncFolder(folder);
            }
            Files.move(folder, files.folder(id), StandardCopyOption.ATOMIC_MOVE);
            if (durable) {
                StateFile.syncFolder(root.containers());
            }
            events.created(id, template);
        } catch (IOException e) {
            throw StateFile.failed("make", folder, e);
        }
    }

    /** Deletes a folder in the making, in which nobody else has written. What stays is collected by the next command that looks. */
    private static void delete(Path folder) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            } catch (IOException e) {
                return;
            }
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // what failed before is what is reported
        }
    }

    private static List<String> layers(ContainerRoot from) {
        List<String> layers = new ArrayList<>();
        if (from.image().isPresent()) {
            for (Digest diffId : from.image().get().config().diffIds()) {
                layers.add(diffId.toString());
            }
        }
        return layers;
    }

    /** An overlay shows the mode and owner of its upper folder at the root, so these must be the image's, or come with the copy. */
    private void prepare(ContainerRecord record, ContainerRoot from, List<Digest> chains, Path folder)
            throws IOException {
        LayerDriver driver = storage.drivers().of(from.driver());
        Optional<Placement.Quota> quota = SizeLimit.quota(record.spec(), from, record.id());
        if (quota.isPresent()) { // before anything is in the folders, since only what is made later inherits a project
            driver.prepare(folder, chains);
            SizeLimit.own(storage.launcher(), folder, quota.get().project());
        }
        RootfsMount mount = from.original().isPresent()
                ? driver.copy(from.original().get(), folder, chains)
                : driver.prepare(folder, chains);
        if (from.original().isEmpty() && mount instanceof RootfsMount.Overlay overlay) {
            Files.setAttribute(overlay.upper(), "unix:mode", overlay.root().mode() & 07777);
            if (overlay.root().uid() != 0 || overlay.root().gid() != 0) {
                Files.setAttribute(overlay.upper(), "unix:uid", overlay.root().uid());
                Files.setAttribute(overlay.upper(), "unix:gid", overlay.root().gid());
            }
        }
        if (record.spec().storageSize() != 0 && quota.isEmpty()) {
            SizeLimit.set(
                    storage.launcher(), folder.resolve("rootfs"), record.spec().storageSize());
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * How a container gets onto a network.
     *
     * @param attachment its steps; absent for none and for the host's
     * @param address the address it has there
     * @param resolver content of its resolv.conf
     * @param parameters kernel parameters inside
     */
    record NetworkChoice(
            Optional<NetworkAttachment> attachment,
            Optional<String> address,
            Optional<byte[]> resolver,
            Map<String, String> parameters) {}
}
