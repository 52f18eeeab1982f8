package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a container's root comes from: a folder that the user chose, or an image. Has no effect on either. */
final class Roots {
    private final HostFacts facts;
    private final Launcher launcher;

    Roots(HostFacts facts, Launcher launcher) {
        this.facts = facts;
        this.launcher = launcher;
    }

    /**
     * {@return the root of a container}
     *
     * @param folder the container's folder, which need not exist yet
     */
    ContainerRoot of(ContainerSpec spec, Path folder) {
        if (spec.rootfs().isPresent()) {
            return folder(spec, spec.rootfs().get());
        }
        throw new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no image `" + spec.image().orElse("") + "` at " + folder + ".");
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
        Rootfs rootfs = spec.rootfsOverlay()
                ? new Rootfs.Throwaway(absolute.toString(), !facts.root())
                : new Rootfs.Folder(absolute.toString());
        boolean needsAccounts =
                !spec.user().orElse("").isEmpty() || !spec.groups().isEmpty();
        AccountFiles accounts =
                needsAccounts ? AccountFiles.read(launcher, List.of(absolute.toString())) : AccountFiles.NONE;
        return new ContainerRoot(ExecutionDefaults.NONE, rootfs, Optional.empty(), "folder", accounts);
    }
}
