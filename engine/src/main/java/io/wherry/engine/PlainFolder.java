package io.wherry.engine;

import io.wherry.kernel.host.HostProbe;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A container that is a folder of the user's: {@code rootfs/}, {@code config.json}, {@code volumes/} (d-utils' way of working). It has no other name than its path, and nothing of it is kept
 * anywhere else: a run of it is a container that is removed when it ends.
 *
 * <p>What it says is turned into a {@link ContainerSpec}, so that the rest of the engine knows nothing of folders. Its processes have no capabilities, gain no rights, and are behind the
 * default filter, whoever runs it. Of an ordinary user's, the user in the container is the caller and there is nobody else.
 *
 * <p>Immutable: {@code config.json} is read once, by {@link #open}.
 */
public final class PlainFolder {
    private static final int MOST_BYTES = 1 << 20;

    private final Path folder;
    private final FolderConfig config;
    private final String file;
    private final byte[] document;

    private PlainFolder(Path folder, FolderConfig config, String file, byte[] document) {
        this.folder = folder;
        this.config = config;
        this.file = file;
        this.document = document;
    }

    /**
     * {@return the folder at a path}
     *
     * @param path as the user wrote it; may be relative
     * @throws WherryException of kind NOT_FOUND if there is none; INVALID if it is not one of these, with line and column if its {@code config.json} is wrong; UNSUPPORTED if it is
     *     an OCI bundle; DENIED if it is another user's
     */
    public static PlainFolder open(String path) {
        Path folder;
        try {
            folder = Path.of(path).toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no folder " + path + ".",
                    "`wherry pull IMAGE " + path
                            + "` makes it. An image's name does not begin with `/`, `./` or `../`.");
        }
        String file = Path.of(path).resolve("config.json").toString();
        byte[] document = document(path, folder.resolve("config.json"), file);
        FolderConfig config = FolderConfig.parse(file, document);
        if (!Files.isDirectory(folder.resolve("rootfs"), LinkOption.NOFOLLOW_LINKS)) {
            boolean link = Files.isSymbolicLink(folder.resolve("rootfs"));
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The folder " + path + (link ? " has a link to elsewhere as its `rootfs`." : " has no `rootfs`."),
                    link ? "Give the folder that is meant with `--rootfs`." : null,
                    null);
        }
        return new PlainFolder(folder, config, file, document);
    }

    private static byte[] document(String path, Path at, String file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(at, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        file + " is " + (attributes.isSymbolicLink() ? "a link to elsewhere" : "not a file")
                                + "; a file of the folder's own is wanted.");
            }
            requireOwn(path, (Integer) Files.getAttribute(at, "unix:uid", LinkOption.NOFOLLOW_LINKS));
            try (InputStream in = Channels.newInputStream(
                    Files.newByteChannel(at, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
                byte[] document = in.readNBytes(MOST_BYTES + 1);
                if (document.length > MOST_BYTES) {
                    throw new WherryException(
                            WherryException.Kind.INVALID,
                            file + " has more than " + MOST_BYTES + " bytes, which no configuration needs.");
                }
                if (document.length == 0) {
                    throw new WherryException(
                            WherryException.Kind.INVALID,
                            file + " is empty.",
                            "If it is being written, run it again afterwards; `{}` is the least that it can say.");
                }
                return document;
            }
        } catch (NoSuchFileException e) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The folder " + path + " has no config.json, so it does not say what is to run in it.",
                    "`wherry run --rootfs " + path + " COMMAND` runs a command in a bare root.");
        } catch (AccessDeniedException e) {
            throw new WherryException(
                    WherryException.Kind.DENIED, "This user may not read " + file + ".", "Run it as its owner.");
        } catch (IOException e) {
            throw StateFile.failed("read", at, e);
        }
    }

    /** What it says is done with the caller's rights, down to files of the host that are mounted. */
    private static void requireOwn(String path, int owner) {
        if (owner != 0 && owner != HostProbe.uid()) {
            throw new WherryException(
                    WherryException.Kind.DENIED,
                    "The folder " + path + " is user " + owner
                            + "'s, who would decide what of this host is mounted or read in your name.",
                    "Do it as that user; or, if you trust what its config.json says, make it yours with chown.");
        }
    }

    /**
     * Makes sure that it was pulled from an image.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it is of another one, or does not say
     */
    public void requireImage(String name) {
        ImageReference wanted = ImageReference.parse(name);
        String said = StateFile.read(folder.resolve("image.txt"))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
                .orElse("");
        if (said.isEmpty() || !ImageReference.parse(said).equals(wanted)) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The folder " + folder + " is not of the image `" + name + "`: its image.txt says "
                            + (said.isEmpty() ? "nothing." : "`" + said + "`."),
                    "Name another folder, or run this one by its path alone.");
        }
    }

    /** {@return the folder that is its root, absolute} */
    Path rootfs() {
        return folder.resolve("rootfs");
    }

    /**
     * {@return how an image of it wants to be run}
     *
     * @param notes receives a sentence about what is for its user to say, and is no part of an image
     * @throws WherryException of kind INVALID, with line and column, if its {@code config.json} is wrong
     */
    ExecutionDefaults image(List<String> notes) {
        return config.image(file, document, notes);
    }

    /** {@return what asks for a run of it, to be said more about} */
    public ContainerSpec.Builder spec() {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        complete(spec, false);
        return spec;
    }

    /**
     * Completes what was asked: what is said there counts more than what the folder says. Makes nothing.
     *
     * @param rw whether its root may be written to, whatever it says itself
     * @throws WherryException of kind INVALID if it asks for rights or a life that a folder's container never has
     */
    public void complete(ContainerSpec.Builder spec, boolean rw) {
        refuse(spec.privileged, "--privileged", "it always runs unprivileged");
        refuse(!spec.capAdd.isEmpty(), "--cap-add", "it always runs unprivileged");
        refuse(spec.restart.isPresent(), "--restart", "its container is removed when it ends");
        refuse(spec.platform.isPresent(), "--platform", "it is what it is: the platform was chosen when it was pulled");
        spec.rootfs = Optional.of(rootfs().toString());
        spec.remove = true;
        spec.oneId = true;
        spec.noNewPrivileges = true;
        spec.capDrop = List.of("ALL");
        spec.readOnly = spec.readOnly || !(config.rw() || rw);
        if (spec.network.isEmpty()) {
            spec.network = Optional.of(config.net() ? "host" : "none");
        }
        process(spec);
        mounts(spec);
    }

    private void refuse(boolean asked, String option, String why) {
        if (asked) {
            throw ConfigCompiler.invalid("Option `" + option + "` is not for the folder " + folder + ": " + why + ".");
        }
    }

    private void process(ContainerSpec.Builder spec) {
        if (spec.entrypoint.isEmpty()) {
            spec.entrypoint = Optional.of(config.entrypoint());
            if (spec.command.isEmpty()) {
                spec.command = config.cmd();
            }
        }
        if (spec.command.isEmpty() && spec.entrypoint.get().isEmpty()) {
            throw ConfigCompiler.invalid("There is nothing to run: neither " + folder
                    + "/config.json (`Entrypoint`, `Cmd`) nor the command line names a command.");
        }
        List<String> env = new ArrayList<>(config.env());
        env.addAll(spec.env);
        spec.env = env;
        spec.user = spec.user.or(() -> said(config.user()));
        spec.workdir = spec.workdir.or(() -> said(config.workdir()));
        spec.hostname = spec.hostname.or(() -> said(config.hostname()));
        spec.stopSignal = spec.stopSignal.or(config::stopSignal);
    }

    private static Optional<String> said(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** A fresh /tmp first, then the folder's own, then what was asked: of one target the last counts. */
    private void mounts(ContainerSpec.Builder spec) {
        List<MountSpec> mounts = new ArrayList<>();
        mounts.add(new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/tmp", List.of("exec", "mode=1777")));
        for (FolderVolume volume : config.volumes()) {
            Path host = volume.host().isEmpty()
                    ? kept(volume.path())
                    : folder.resolve(volume.host().get()).normalize();
            if (isDevice(host)) {
                spec.devices.add(host + ":" + volume.path() + (volume.readOnly() ? ":r" : ":rw"));
            } else {
                mounts.add(bind(host, volume.path(), volume.readOnly()));
            }
        }
        for (MountSpec asked : spec.mounts) {
            boolean ofFolder =
                    asked.type() == MountSpec.Type.BIND && asked.source().isEmpty();
            mounts.add(ofFolder ? bind(kept(asked.target()), asked.target(), false) : asked);
        }
        List<MountSpec> all = List.copyOf(mounts);
        mounts.removeIf(mount -> isKept(mount) && isWithinAnother(mount, all));
        spec.mounts = mounts;
    }

    private boolean isKept(MountSpec mount) {
        return mount.source().isPresent() && Path.of(mount.source().get()).equals(kept(mount.target()));
    }

    /**
     * A kept volume within another one is there with that. It must not be bound again: what lies in a volume the container can replace by a link, and the bind would follow it.
     */
    private boolean isWithinAnother(MountSpec mount, List<MountSpec> all) {
        for (MountSpec other : all) {
            if (isKept(other) && mount.target().startsWith(other.target() + "/")) {
                return true;
            }
        }
        return false;
    }

    private static MountSpec bind(Path host, String path, boolean readOnly) {
        return new MountSpec(
                MountSpec.Type.BIND, Optional.of(host.toString()), path, readOnly ? List.of("ro") : List.of());
    }

    private Path kept(String path) {
        return folder.resolve("volumes")
                .resolve(Path.of(path).normalize().toString().substring(1));
    }

    private static boolean isDevice(Path host) {
        try {
            int type = (Integer) Files.getAttribute(host, "unix:mode") & 0170000;
            return host.startsWith("/dev") && (type == 0020000 || type == 0060000);
        } catch (IOException e) {
            return false; // it is not there, which whoever binds it says
        }
    }

    /**
     * Makes the folders of the volumes that are kept in it and are not there yet. To be called before it is run.
     *
     * @param spec what {@link #complete} has completed
     * @throws WherryException of kind INVALID if there is something else, such as a link
     */
    public void makeVolumes(ContainerSpec spec) {
        Path volumes = folder.resolve("volumes");
        for (MountSpec mount : spec.mounts()) {
            if (isKept(mount)) {
                make(volumes);
                Path kept = kept(mount.target());
                for (int i = volumes.getNameCount() + 1; i <= kept.getNameCount(); i++) {
                    make(Path.of("/").resolve(kept.subpath(0, i)));
                }
            }
        }
    }

    private static void make(Path folder) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.createDirectory(folder);
        } catch (IOException e) {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return; // another run of the folder was faster
            }
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "Cannot keep a volume in " + folder + ": it is not a folder and cannot be made one.",
                    null,
                    e);
        }
    }
}
