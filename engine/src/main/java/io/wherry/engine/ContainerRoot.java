package io.wherry.engine;

import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a container's root will be, and what is known of it before it exists.
 *
 * @param defaults what the image says about execution
 * @param rootfs what the root is made of
 * @param image the image, if it comes from one
 * @param driver what keeps the root
 * @param accounts the files that name users
 * @param original folder of the container whose files it begins with; absent for the image's
 */
record ContainerRoot(
        ExecutionDefaults defaults,
        Rootfs rootfs,
        Optional<Image> image,
        String driver,
        AccountFiles accounts,
        Optional<Path> original) {
    /** {@return the same, to begin with what another container has written} */
    ContainerRoot copying(Path container) {
        return new ContainerRoot(defaults, rootfs, image, driver, accounts, Optional.of(container));
    }
}
