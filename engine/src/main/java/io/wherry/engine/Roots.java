package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.RootfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a container's root comes from: a folder that the user chose, or an image. Has no effect on either. */
final class Roots {
    private final HostFacts facts;
    private final Launcher launcher;
    private final StateRoot state;
    private final ImageCatalog images;

    Roots(HostFacts facts, Launcher launcher, StateRoot state, ImageCatalog images) {
        this.facts = facts;
        this.launcher = launcher;
        this.state = state;
        this.images = images;
    }

    /**
     * {@return the root of a container to come}
     *
     * @param folder the container's folder, which need not exist yet
     */
    ContainerRoot of(ContainerSpec spec, Path folder) {
        return of(spec, folder, "", Optional.empty());
    }

    /** {@return the root of a container that exists: of the driver and the image that it was made with, whatever new ones are made with, and whatever the image's name stands for now} */
    ContainerRoot of(ContainerRecord record, Path folder) {
        return of(record.spec(), folder, record.driver(), record.imageId());
    }

    private ContainerRoot of(ContainerSpec spec, Path folder, String keeper, Optional<String> id) {
        if (spec.rootfs().isPresent()) {
            return folder(spec, spec.rootfs().get());
        }
        String name =
                spec.image().orElseThrow(() -> ConfigCompiler.invalid("Neither an image nor a root folder is named."));
        Image image = image(name, id);
        requireLinux(name, image.config().platform());
        StorageDrivers drivers = images.storage().drivers();
        LayerDriver driver = keeper.isEmpty() ? drivers.usual() : drivers.of(keeper);
        images.ready(image, driver);
        RootfsMount mount = driver.mount(folder, image.chains());
        return new ContainerRoot(
                image.config().execution(),
                rootfs(mount, spec),
                Optional.of(image),
                driver.name(),
                accounts(mount, image),
                Optional.empty());
    }

    private Image image(String name, Optional<String> id) {
        Optional<Image> named = images.find(name);
        if (id.isEmpty() || (named.isPresent() && named.get().id().toString().equals(id.get()))) {
            return named.orElseThrow(() -> new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no image `" + name + "` here.",
                    "Pull it with `wherry pull " + name + "`."));
        }
        return images.find(id.get())
                .orElseThrow(() -> new WherryException(
                        WherryException.Kind.NOT_FOUND,
                        "The image " + id.get() + " that the container was made of is not here any more"
                                + (named.isPresent() ? "; `" + name + "` stands for another now." : "."),
                        "Bring it with `wherry pull` or `wherry load`, or make the container anew."));
    }

    private static List<String> layers(RootfsMount mount) {
        List<String> folders = new ArrayList<>();
        for (Path layer : mount.layers()) {
            folders.add(layer.toString());
        }
        return folders;
    }

    /** Another processor may be emulated (binfmt_misc); another system may not. */
    private static void requireLinux(String name, Platform platform) {
        if (!platform.os().equals("linux") && !platform.os().equals("unknown")) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The image `" + name + "` is for " + platform + "; this host runs " + Platform.host() + ".",
                    "It can be pulled, listed and inspected here. `wherry pull --platform " + Platform.host() + " "
                            + name + "` brings the one for this host, if there is one.");
        }
    }

    private static Rootfs rootfs(RootfsMount mount, ContainerSpec spec) {
        if (mount instanceof RootfsMount.Overlay overlay) {
            return new Rootfs.Overlay(
                    layers(mount), overlay.upper().toString(), overlay.work().toString(), spec.remove(), true);
        }
        return new Rootfs.Folder(((RootfsMount.Bind) mount).folder().toString());
    }

    /** The account files of an image never change, so they are read once per boot and kept under the image's id. */
    private AccountFiles accounts(RootfsMount mount, Image image) {
        Path kept = state.volatileRoot().resolve("accounts");
        Path passwd = kept.resolve(image.id().hex() + ".passwd");
        Path group = kept.resolve(image.id().hex() + ".group");
        Optional<byte[]> keptPasswd = StateFile.read(passwd);
        Optional<byte[]> keptGroup = StateFile.read(group);
        if (keptPasswd.isPresent() && keptGroup.isPresent()) {
            return new AccountFiles(keptPasswd.get(), keptGroup.get());
        }
        List<String> folders = layers(mount);
        AccountFiles read = folders.isEmpty() ? AccountFiles.NONE : AccountFiles.read(launcher, folders);
        StateRoot.made(kept);
        StateFile.write(passwd, read.passwd());
        StateFile.write(group, read.group());
        return read;
    }

    private ContainerRoot folder(ContainerSpec spec, String path) {
        Path absolute;
        try {
            absolute = Path.of(path).toRealPath();
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND, "There is no folder " + path + " to be the root.");
        }
        if (!Files.isDirectory(absolute)) {
            throw new WherryException(WherryException.Kind.INVALID, absolute + " is not a folder.");
        }
        if (spec.rootfsOverlay() && !facts.root() && hasMountsBelow(absolute)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "An ordinary user cannot put a throw-away layer over " + absolute
                            + ": there are mounts below it, which the kernel does not let a user namespace uncover.",
                    "Name a folder without mounts, or run as root.");
        }
        Rootfs rootfs = spec.rootfsOverlay()
                ? new Rootfs.Throwaway(absolute.toString(), !facts.root())
                : new Rootfs.Folder(absolute.toString());
        boolean needsAccounts =
                !spec.user().orElse("").isEmpty() || !spec.groups().isEmpty();
        AccountFiles accounts =
                needsAccounts ? AccountFiles.read(launcher, List.of(absolute.toString())) : AccountFiles.NONE;
        return new ContainerRoot(
                ExecutionDefaults.NONE, rootfs, Optional.empty(), "folder", accounts, Optional.empty());
    }

    private static boolean hasMountsBelow(Path folder) {
        String prefix = folder.toString().equals("/") ? "/" : folder + "/";
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                String mountPoint = line.split(" ", 6)[4];
                if (mountPoint.startsWith(prefix) && !mountPoint.equals("/")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw StateFile.failed("read", Path.of("/proc/self/mountinfo"), e);
        }
    }
}
