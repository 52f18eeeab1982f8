package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.WalledPilots;
import io.wherry.oci.Mount;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.OwnNamespaces;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.layer.StoreSpace;
import io.wherry.store.tar.TarWriter;
import io.wherry.store.tree.TreeArchive;
import io.wherry.store.tree.TreeCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Copies files between containers and this host.
 *
 * <p>Both ends are trees that pilots have for their roots: the container's own root as its processes see it, with volumes, while it runs; its files alone while it does not; a folder of the host. So
 * whatever a container does meanwhile, no path leads out of either.
 */
final class FileCopy {
    private final ContainerFiles files;
    private final StoreSpace space;
    private final HostFacts facts;
    private final Launcher launcher;
    private final Function<ContainerId, RootfsMount> roots;
    private final Function<String, ContainerId> find;

    FileCopy(
            ContainerFiles files,
            StoreSpace space,
            HostFacts facts,
            Launcher launcher,
            Function<ContainerId, RootfsMount> roots,
            Function<String, ContainerId> find) {
        this.files = files;
        this.space = space;
        this.facts = facts;
        this.launcher = launcher;
        this.roots = roots;
        this.find = find;
    }

    CopyReport copy(CopySpec spec, InputStream in, OutputStream out) throws IOException {
        boolean fromContainer = !CopySpec.container(spec.from()).isEmpty();
        boolean toContainer = !CopySpec.container(spec.to()).isEmpty();
        if (!fromContainer && !toContainer) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "Neither `" + spec.from() + "` nor `" + spec.to() + "` is in a container.",
                    "Name one as CONTAINER:PATH.");
        }
        try (Held held = new Held()) {
            if (spec.fromStream()) {
                return unpack(in, place(spec.to(), held));
            }
            CopyPlace.Source source = place(spec.from(), held).source(spec.followLink());
            try (TreeSession _ = source.session()) {
                return spec.toStream() ? pack(source, out) : copy(source, place(spec.to(), held), spec.archive());
            }
        } catch (TreeException e) {
            throw explained(e, spec);
        }
    }

    private static WherryException explained(TreeException e, CopySpec spec) {
        boolean clash = e.errno() == TreeException.ENOTDIR || e.errno() == TreeException.EISDIR;
        return clash
                ? new WherryException(
                        WherryException.Kind.INVALID,
                        "Copying from `" + spec.from() + "` to `" + spec.to()
                                + "` would replace a folder by a file, or a file by a folder: " + e.getMessage(),
                        e)
                : e;
    }

    /** A lock of a container that does not run, as long as it is written to. */
    private static final class Held implements AutoCloseable {
        private Optional<HeldLock> lock = Optional.empty();

        @Override
        public void close() {
            lock.ifPresent(HeldLock::close);
        }
    }

    private CopyPlace place(String word, Held held) {
        String name = CopySpec.container(word);
        if (name.isEmpty()) {
            return new CopyPlace.Outside(word, pilots());
        }
        ContainerId id = find.apply(name);
        CopyPath path = CopyPath.parse(CopySpec.path(word));
        return new CopyPlace.Inside(word, path, reads -> session(id, path, reads, held), root -> check(id, root));
    }

    /** Of one that runs, what was joined must be what its first process has for its root, and not the host's. */
    private void check(ContainerId id, @Nullable TreeEntry root) {
        Container container = files.read(id);
        if (container.pid().isEmpty()) {
            return;
        }
        Path its = Path.of("/proc/" + container.pid().getAsLong() + "/root");
        try {
            Map<String, Object> found = Files.readAttributes(its, "unix:dev,ino");
            if (root == null
                    || !Long.valueOf(root.inode()).equals(found.get("ino"))
                    || !Long.valueOf(root.device()).equals(found.get("dev"))) {
                throw refused(container);
            }
        } catch (IOException e) {
            // What a process has for its root may be hidden from the caller; that it has mounts of its own is known.
        }
    }

    private static WherryException refused(Container container) {
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "The root of the container `" + container.name()
                        + "` cannot be reached: it has ended, or has no mounts of its own.",
                "`wherry ps` tells whether it runs.");
    }

    private TreePilots pilots() {
        return space.pilots();
    }

    private TreeSession session(ContainerId id, CopyPath path, boolean reads, Held held) {
        Container container = files.read(id);
        RuntimeConfig config = files.config(id);
        if (container.pid().isPresent()) {
            KeyValues started = KeyValues.parse(
                    StateFile.read(files.volatileFolder(id).resolve("started")).orElse(new byte[0]));
            if ((OwnNamespaces.flags(config) & Linux.CLONE_NEWNS) == 0) {
                throw refused(container);
            }
            long own = OwnNamespaces.flags(config) & (Linux.CLONE_NEWUSER | Linux.CLONE_NEWNS);
            return new WalledPilots(launcher, facts)
                    .inside((int) started.number("pid", 0), started.number("start", 0), new Namespaces(own), reads);
        }
        refuseMounted(container, config, path);
        if (reads) {
            return pilots().open(roots.apply(id).view());
        }
        if (held.lock.isEmpty()) {
            held.lock = files.take(id);
        }
        if (held.lock.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The container `" + container.name() + "` is being started, or is open as a folder.",
                    "Copy again; `wherry umount` closes a folder.");
        }
        return pilots().open(roots.apply(id).writable());
    }

    /** What is mounted there hides what would be copied. */
    private static void refuseMounted(Container container, RuntimeConfig config, CopyPath path) {
        for (Mount mount : config.mounts()) {
            String target = CopyPath.parse(mount.destination()).path();
            if (path.path().equals(target) || path.path().startsWith(target + "/")) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "`" + mount.destination() + "` is mounted in the container `" + container.name()
                                + "` while it runs, and it does not run.",
                        mount.source().filter(source -> source.startsWith("/")).isPresent()
                                ? "Start it, or copy from or to `"
                                        + mount.source().get() + "` on this host."
                                : "Start it first.");
            }
        }
    }

    private interface Writing {
        void into(TreeCopy copy) throws IOException;
    }

    private TreeCopy write(TreeSession session, TreeCopy.Keeping keeping, Writing writing) throws IOException {
        StoreSpace.Temporary temporary = space.temporary();
        try (var _ = temporary.lock();
                TreeStream out = new TreeStream(
                        session,
                        TreeStream.Parents.REQUIRE,
                        TreeStream.Replacing.ALIKE,
                        temporary.folder().resolve("spill"))) {
            TreeCopy copy = new TreeCopy(out, keeping);
            writing.into(copy);
            out.finish();
            return copy;
        } finally {
            remove(temporary.folder());
        }
    }

    private static void remove(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // the next sweep takes it
        }
    }

    private CopyReport copy(CopyPlace.Source source, CopyPlace place, boolean archive) throws IOException {
        boolean folder = source.first().kind() == TreeEntry.Kind.FOLDER;
        CopyPlace.Destination to = place.destination(folder, source.name(), folder && source.contents());
        try (TreeSession session = to.session()) {
            TreeCopy.Keeping less = place instanceof CopyPlace.Inside
                    ? TreeCopy.Keeping.ALL_BUT_OWNER
                    : TreeCopy.Keeping.CONTENT; // what a container made must not be a weapon on the host
            TreeCopy copied = write(session, archive ? TreeCopy.Keeping.ALL : less, copy -> {
                for (TreeEntry entry = source.first();
                        entry != null;
                        entry = source.reader().next()) {
                    String below = source.below(entry);
                    if (!below.isEmpty() || !to.there()) {
                        copy.add(source.reader(), entry, CopyPath.below(to.path(), below));
                    }
                }
            });
            return new CopyReport(
                    copied.bytes(), copied.leftOut() + source.reader().leftOut());
        }
    }

    private CopyReport unpack(InputStream in, CopyPlace place) throws IOException {
        CopyPlace.Destination to = place.destination(true, "", true);
        try (TreeSession session = to.session()) {
            if (!to.there()) {
                throw new WherryException(
                        WherryException.Kind.NOT_FOUND,
                        "There is no folder `" + place.text() + "`, and an archive is unpacked into one.");
            }
            TreeCopy copied = write(session, TreeCopy.Keeping.ALL, copy -> copy.addAll(in, to.path()));
            return new CopyReport(copied.bytes(), 0);
        }
    }

    private static CopyReport pack(CopyPlace.Source source, OutputStream out) throws IOException {
        TarWriter tar = new TarWriter(out, TarWriter.Times.SECONDS);
        TreeArchive archive = new TreeArchive(tar);
        long bytes = 0;
        String base = source.contents() ? "" : source.name();
        for (TreeEntry entry = source.first();
                entry != null;
                entry = source.reader().next()) {
            archive.add(source.reader(), entry.at(CopyPath.below(base, source.below(entry))));
            bytes += entry.size();
        }
        tar.finish();
        return new CopyReport(bytes, source.reader().leftOut());
    }
}
