package io.wherry.engine;

import io.wherry.engine.HostMounts.HostMount;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens roots as folders of the host, and closes them: of a container that does not run by the overlay that its start would make, of one that runs by a second look at the overlay that it has, of an image by its layers alone.
 * What is mounted the kernel knows ({@link MountPlaces}); one lock lets one at a time change that.
 */
final class ContainerMounts {
    private static final String LOCK = "mount";

    private final ContainerFiles files;
    private final Roots roots;
    private final ImageCatalog images;
    private final HostFacts facts;
    private final Launcher launcher;
    private final StateRoot root;
    private final MountPlaces places;

    ContainerMounts(
            ContainerFiles files,
            Roots roots,
            ImageCatalog images,
            HostFacts facts,
            Launcher launcher,
            StateRoot root) {
        this.files = files;
        this.roots = roots;
        this.images = images;
        this.facts = facts;
        this.launcher = launcher;
        this.root = root;
        this.places = new MountPlaces(root, launcher);
    }

    /** {@return where the root of what a word names is now} */
    Path mount(String word, Optional<Path> folder) {
        Optional<ContainerId> container = container(word);
        if (container.isEmpty()) {
            return image(image(word), word, folder);
        }
        ContainerRecord record = files.record(container.get());
        Optional<Path> plain = plain(record);
        if (plain.isPresent()) {
            if (folder.isPresent()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The root of `" + record.name() + "` is the folder " + plain.get()
                                + " itself, which needs no mount.",
                        "`mount --bind " + plain.get() + " " + folder.get() + "` shows it there too.");
            }
            return plain.get();
        }
        requireRoot("`" + record.name() + "`");
        return inTurn(() -> container(record, folder));
    }

    /** The folder that is a container's root, whether it runs or not. */
    private Optional<Path> plain(ContainerRecord record) {
        if (record.spec().rootfs().isPresent()) {
            return record.spec().rootfsOverlay()
                    ? Optional.empty()
                    : Optional.of(Path.of(record.spec().rootfs().get()).toAbsolutePath());
        }
        return record.driver().equals("overlay")
                ? Optional.empty()
                : Optional.of(files.folder(record.id()).resolve("rootfs"));
    }

    private void requireRoot(String what) {
        if (!facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The layers of " + what + " must be mounted, which an ordinary user cannot do for other processes.",
                    "`wherry export` writes a container's files as an archive; `wherry pull IMAGE ./FOLDER` makes a folder that `wherry run ./FOLDER` runs.");
        }
    }

    private Path container(ContainerRecord record, Optional<Path> folder) {
        String name = MountPlaces.name(record.id());
        Optional<Path> there = there(name, folder);
        if (there.isPresent()) {
            return there.get();
        }
        Optional<HeldLock> lock = files.take(record.id());
        if (lock.isEmpty()) {
            return running(record, folder);
        }
        try (HeldLock _ = lock.get()) {
            if (!Files.isDirectory(files.folder(record.id()))) {
                throw ContainerFiles.gone(record.id());
            }
            if (!(roots.of(record, files.folder(record.id())).rootfs() instanceof Rootfs.Overlay overlay)) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "What `" + record.name() + "` writes is kept in memory while it runs, and it does not run.");
            }
            Rootfs.Overlay lasting = new Rootfs.Overlay(
                    overlay.lowers(), overlay.upper(), overlay.work(), false, overlay.userAttributes());
            List<Path> at = new ArrayList<>(List.of(places.work(name)));
            at.addAll(wanted(name, folder));
            run("mount `" + record.name() + "`", MountProgram.overlay(lasting, at, facts));
            return at.getLast();
        }
    }

    private Path running(ContainerRecord record, Optional<Path> folder) {
        if (record.spec().restart().orElse(RestartPolicy.NO).kind() != RestartPolicy.Kind.NO) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "`" + record.name() + "` runs, and its restart policy would start it again while it is mounted.",
                    "Look into it with `wherry exec`, or stop it first.");
        }
        KeyValues started =
                KeyValues.parse(StateFile.read(files.volatileFolder(record.id()).resolve("started"))
                        .orElse(new byte[0]));
        String name = MountPlaces.name(record.id());
        List<Path> at = wanted(name, folder);
        run(
                "mount `" + record.name() + "`, which runs",
                MountProgram.process((int) started.number("pid", 0), started.number("start", 0), at));
        if (!places.isRootOf(record.id(), HostMounts.at(at.getFirst().toString()))) {
            places.unmount(name, true);
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The root of `" + record.name() + "`, which runs, is kept from the host by its runtime.",
                    "Look into it with `wherry exec`, or stop it first.");
        }
        return at.getLast();
    }

    private Path image(Image image, String word, Optional<Path> folder) {
        requireRoot("the image `" + word + "`");
        if (image.chains().isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The image `" + word + "` has no layers, so there is nothing to mount.");
        }
        String name = MountPlaces.name(image.id());
        return inTurn(() -> {
            Optional<Path> there = there(name, folder);
            if (there.isPresent()) {
                return there.get();
            }
            List<Path> at = wanted(name, folder);
            List<String> lowers = new ArrayList<>();
            images.layers(image).forEach(layer -> lowers.add(layer.toString()));
            lowers.add(StateRoot.made(at.getFirst()).toString()); // empty, since the kernel wants two
            run("mount the image `" + word + "`", MountProgram.layers(lowers, at, facts));
            return at.getLast();
        });
    }

    /** {@return the place of what is mounted already; made, if it is wanted at one more} */
    private Optional<Path> there(String name, Optional<Path> folder) {
        List<HostMount> mounts = places.mounted().get(name);
        if (mounts == null) {
            return Optional.empty();
        }
        List<Path> paths = places.paths(name, mounts);
        if (folder.isEmpty() || paths.contains(folder.get())) {
            return Optional.of(folder.orElse(paths.getFirst()));
        }
        run(
                "mount it at " + folder.get(),
                MountProgram.again(Path.of(mounts.getLast().point()), List.of(folder.get())));
        return folder;
    }

    private List<Path> wanted(String name, Optional<Path> folder) {
        List<Path> wanted = new ArrayList<>(List.of(places.folder().resolve(name)));
        folder.ifPresent(wanted::add);
        return wanted;
    }

    /** Takes everything away that is mounted of what a word names: a container, an image, or the id of a container that is gone. */
    void unmount(String word) {
        String name = named(word);
        inTurn(() -> {
            places.unmount(name, false);
            return name;
        });
    }

    private String named(String word) {
        Optional<ContainerId> container = container(word);
        if (container.isPresent()) {
            return MountPlaces.name(container.get());
        }
        for (String name : places.mounted().keySet()) {
            if (name.equals(word) || name.equals(MountPlaces.imageOf(word))) {
                return name;
            }
        }
        return MountPlaces.name(image(word).id());
    }

    private Optional<ContainerId> container(String word) {
        try {
            return Optional.of(files.find(word));
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.NOT_FOUND) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Image image(String word) {
        if (word.startsWith("/") || word.startsWith(".")) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    word + " is a path, where the name of a container or an image is wanted.",
                    "What `wherry pull IMAGE ./FOLDER` made has its root in FOLDER/rootfs.");
        }
        if (!images.has(word)) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no container and no image `" + word + "`.",
                    "`wherry ps -a` lists containers, `wherry images` images.");
        }
        return images.named(word);
    }

    /** {@return what is mounted} */
    List<MountedRoot> list() {
        List<MountedRoot> list = new ArrayList<>();
        for (Map.Entry<String, List<HostMount>> entry : places.mounted().entrySet()) {
            String name = entry.getKey();
            List<HostMount> mounts = entry.getValue();
            boolean container = MountPlaces.isContainer(name);
            list.add(new MountedRoot(
                    container ? MountedRoot.CONTAINER : MountedRoot.IMAGE,
                    container ? name : MountPlaces.digestOf(name),
                    container ? containerName(name) : imageName(MountPlaces.digestOf(name)),
                    places.paths(name, mounts),
                    mounts.getLast().readOnly()));
        }
        return list;
    }

    private String containerName(String id) {
        return container(id).map(found -> files.read(found).name()).orElse("");
    }

    private String imageName(String id) {
        for (Image image : images.list()) {
            if (image.id().toString().equals(id)) {
                return image.reference().isUnnamed() ? "" : image.reference().familiar();
            }
        }
        return "";
    }

    private void run(String what, KernelProgram program) {
        TaskResult result = launcher.task(program, Assembler.PILOT);
        if (!result.ok()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot " + what + ": "
                            + result.failure()
                                    .map(failure -> failure.errnoName()
                                            + (failure.text().isEmpty() ? "" : ", " + failure.text()))
                                    .orElse("the pilot ended without a word")
                            + ".");
        }
    }

    /** One change of what is mounted. */
    private interface Change<T> {
        T make();
    }

    private <T> T inTurn(Change<T> change) {
        Path lock = root.locks().resolve(LOCK);
        try (HeldLock _ = HeldLock.await(lock)) {
            return change.make();
        } catch (IOException e) {
            throw StateFile.failed("lock", lock, e);
        }
    }
}
