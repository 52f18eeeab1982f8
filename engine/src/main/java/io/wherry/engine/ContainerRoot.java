package io.wherry.engine;

import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import java.util.Optional;

/**
 * What a container's root will be, and what is known of it before it exists.
 *
 * @param defaults what the image says about execution
 * @param rootfs what the root is made of
 * @param image the image, if it comes from one
 * @param driver what keeps the root
 * @param accounts the files that name users
 */
record ContainerRoot(
        ExecutionDefaults defaults, Rootfs rootfs, Optional<Image> image, String driver, AccountFiles accounts) {}
