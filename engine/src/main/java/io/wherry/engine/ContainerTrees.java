package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.Mount;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.tar.TarWriter;
import io.wherry.store.tree.ContainerChanges;
import io.wherry.store.tree.TreeArchive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of containers, read and written by whoever may do so with the container: whole, changed, copied. Safe for several threads. */
public final class ContainerTrees {
    private final Engine engine;
    private final ImageCatalog images;
    private final Launcher launcher;

    ContainerTrees(Engine engine, ImageCatalog images, Launcher launcher) {
        this.engine = engine;
        this.images = images;
        this.launcher = launcher;
    }

    /**
     * What was left out of an archive.
     *
     * @param entries sockets, and what vanished or became something else while it was read
     * @param xattrs extended attributes that an archive cannot hold
     */
    public record LeftOut(long entries, long xattrs) {}

    /**
     * Writes all files of a container as a tar archive, as its root shows them to somebody who sees no mounts: of volumes and binds the folders only. The container may run, and may change them
     * meanwhile.
     *
     * @param out gets large pieces; stays the caller's
     * @throws IOException of {@code out}
     */
    public LeftOut export(String word, OutputStream out) throws IOException {
        TreeTarget root = root(engine.healed(word)).view();
        try (TreeSession session = images.storage().space().pilots().open(root)) {
            TreeReader reader = new TreeReader(session);
            TarWriter tar = new TarWriter(out, TarWriter.Times.SECONDS);
            TreeArchive archive = new TreeArchive(tar);
            reader.readAll("", true);
            for (TreeEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (!entry.path()
                        .isEmpty()) { // what an archive says of the root, it says of the folder that it is unpacked in
                    archive.add(reader, entry);
                }
            }
            tar.finish();
            return new LeftOut(reader.leftOut(), archive.omittedXattrs());
        }
    }

    /**
     * {@return what a container has changed of its image's files, by path}
     *
     * <p>What was made for mounts, and is empty, is no change. The container may run, and change more meanwhile.
     */
    public List<FileChange> changes(String word) {
        ContainerId id = engine.healed(word);
        List<FileChange> changes = new ArrayList<>();
        try {
            changes(id).tell(change -> {
                if (!change.path().isEmpty()) {
                    changes.add(new FileChange(change.kind().letter(), change.path()));
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException("a list that fails", e);
        }
        changes.sort(Comparator.comparing(FileChange::path));
        return changes;
    }

    /**
     * {@return the image that was made of a container, which can be run at once}
     *
     * @param notes receives sentences about what the image lacks
     */
    public Image commit(String word, CommitSpec spec, List<String> notes) {
        ContainerId id = engine.healed(word);
        ContainerRecord record = engine.files.record(id);
        ContainerCommit commit = new ContainerCommit(images, engine.imageRemoval());
        Image image = commit.commit(
                () -> commit.base(record),
                spec,
                root(id),
                changes(id),
                () -> spec.pause() ? stillness(id, notes) : Stillness.NONE,
                notes);
        Map<String, String> about = new LinkedHashMap<>();
        about.put("comment", spec.message());
        about.put("imageID", image.id().toString());
        about.put(
                "imageRef",
                image.reference().isUnnamed() ? "" : image.reference().familiar());
        engine.events.append(id, "commit", about);
        return image;
    }

    /**
     * {@return the image that was made of a plain folder, which can be run at once} What runs in it may change it meanwhile.
     *
     * @param platform what its programs are for, which a folder does not say
     * @param notes receives sentences about what the image lacks
     */
    public Image commit(PlainFolder folder, Platform platform, CommitSpec spec, List<String> notes) {
        RootfsMount root = new RootfsMount.Bind(folder.rootfs(), Optional.empty());
        ExecutionDefaults config = folder.image(notes);
        Image image = new ContainerCommit(images, engine.imageRemoval())
                .commit(
                        () -> ContainerCommit.Base.of(config, platform),
                        spec,
                        root,
                        new ContainerChanges(images.storage().space().pilots(), root, List.of()),
                        () -> Stillness.NONE,
                        notes);
        new ImageEvents(engine.root(), images).imported(image);
        return image;
    }

    /**
     * Copies files between a container and this host.
     *
     * @param in what {@code -} is as a source: a tar archive, compressed or not
     * @param out what {@code -} is as a destination; stays the caller's
     * @throws IOException of {@code in} or {@code out}
     */
    public CopyReport copy(CopySpec spec, InputStream in, OutputStream out) throws IOException {
        return new FileCopy(
                        engine.files, images.storage().space(), engine.facts(), launcher, this::root, engine::healed)
                .copy(spec, in, out);
    }

    private Stillness stillness(ContainerId id, List<String> notes) {
        Container.Status status = engine.files.read(id).status();
        if (status != Container.Status.RUNNING && status != Container.Status.PAUSED) {
            return Stillness.NONE;
        }
        try {
            return engine.control.hold(id);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.UNSUPPORTED) {
                throw e;
            }
            notes.add("The container went on meanwhile: " + e.getMessage());
            return Stillness.NONE;
        }
    }

    private ContainerChanges changes(ContainerId id) {
        List<String> mountPoints = new ArrayList<>();
        for (Mount mount : engine.files.config(id).mounts()) {
            mountPoints.add(BytePath.of(mount.destination().replaceAll("^/+|/+$", "")));
        }
        return new ContainerChanges(images.storage().space().pilots(), root(id), mountPoints);
    }

    /** {@return what a container's root is made of} */
    private RootfsMount root(ContainerId id) {
        ContainerRecord record = engine.files.record(id);
        if (!record.driver().equals("folder")) {
            return images.storage()
                    .drivers()
                    .of(record.driver())
                    .mount(engine.files.folder(id), ChainId.of(engine.files.layers(id)));
        }
        if (record.spec().rootfsOverlay()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "What the container `" + record.name()
                            + "` writes is kept in memory while it runs, and nowhere else.",
                    "Its root is the folder `" + record.spec().rootfs().orElse("") + "`.");
        }
        return new RootfsMount.Bind(Path.of(record.spec().rootfs().orElse("")).toAbsolutePath(), Optional.empty());
    }
}
