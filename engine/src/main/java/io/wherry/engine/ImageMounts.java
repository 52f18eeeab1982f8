package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.BindSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An image's files as a mount of a container: its layers one over the other, which nobody can write. Stateless. */
final class ImageMounts {
    private ImageMounts() {}

    static Mount mount(MountSpec mount, ImageCatalog images, HostFacts facts) {
        String name = mount.source().orElseThrow();
        Image image = images.find(name)
                .orElseThrow(() -> new WherryException(
                        WherryException.Kind.NOT_FOUND,
                        "There is no image `" + name + "` here to be mounted at " + mount.target() + ".",
                        "Pull it with `wherry pull " + name + "`."));
        List<Path> lowers = images.layers(image);
        if (lowers.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED, "The image `" + name + "` cannot be mounted: it has no layers.");
        }
        List<String> options = new ArrayList<>(List.of("ro", "nosuid", "nodev"));
        Optional<String> below = mount.value("subpath");
        if (below.isPresent()) {
            options.add(BindSource.SUBPATH + below.get());
        }
        if (lowers.size() == 1) { // nothing is below it that could be hidden
            options.add("bind");
            options.add("rprivate");
            return new Mount(mount.target(), "bind", lowers.getFirst() + "/", options);
        }
        if (!facts.features().overlayOneByOne()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The image `" + name
                            + "` cannot be mounted: its layers must be given to overlayfs one by one, which this kernel cannot do yet.",
                    "Linux 6.5 or later can.");
        }
        for (Path lower : lowers) {
            options.add("lowerdir+=" + lower);
        }
        options.add("userxattr");
        return new Mount(mount.target(), "overlay", "overlay", options);
    }
}
