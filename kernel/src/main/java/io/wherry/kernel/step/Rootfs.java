package io.wherry.kernel.step;

import java.util.List;

/**
 * What a container's root is made of: the data that passes from storage to a runtime, which know nothing else of each other. All paths are
 * absolute paths of the host.
 */
public sealed interface Rootfs {

    /**
     * A folder as it is; writes go into it.
     *
     * @param path the folder
     */
    record Folder(String path) implements Rootfs {}

    /**
     * Layers below a writable one.
     *
     * @param lowers topmost first, at least one
     * @param upper where writes go
     * @param work on the filesystem of {@code upper}
     * @param temporary whether nothing written needs to survive a power cut
     * @param userAttributes whether whiteouts are kept in {@code user.overlay.*} (they are, in layers that Wherry unpacked)
     */
    record Overlay(List<String> lowers, String upper, String work, boolean temporary, boolean userAttributes)
            implements Rootfs {
        public Overlay {
            lowers = List.copyOf(lowers);
        }
    }

    /**
     * A folder below a writable layer in memory, which is gone with the container. The layer is not on the disk because it could be inside the folder
     * (the host's own root, say), which overlay refuses.
     *
     * @param lower the folder
     * @param userAttributes as above
     */
    record Throwaway(String lower, boolean userAttributes) implements Rootfs {}
}
