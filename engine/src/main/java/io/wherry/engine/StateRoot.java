package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.FullDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where state is: a durable root and a volatile one (docs/state.md). Folders are made on first use, for their owner only. Immutable; safe for
 * several threads.
 *
 * @param root the durable root: {@code /var/lib/wherry}, or {@code $XDG_DATA_HOME/wherry}
 * @param volatileRoot the volatile one: {@code /run/wherry}, or {@code $XDG_RUNTIME_DIR/wherry}
 */
public record StateRoot(Path root, Path volatileRoot) {

    /**
     * {@return the roots for a caller}
     *
     * @param uid the caller's effective user id
     * @param systemRoot whether that is system root
     * @param root what an option or {@code WHERRY_ROOT} says
     * @param state what an option or {@code WHERRY_STATE} says
     */
    public static StateRoot choose(int uid, boolean systemRoot, Optional<Path> root, Optional<Path> state) {
        Path durable = root.orElseGet(
                () -> systemRoot ? Path.of("/var/lib/wherry") : dataHome().resolve("wherry"));
        Path fleeting = state.orElseGet(() -> {
            if (root.isPresent()) {
                return durable.resolve("volatile"); // a root of its own has a volatile part of its own
            }
            return systemRoot ? Path.of("/run/wherry") : runtimeFolder(uid);
        });
        return new StateRoot(
                durable.toAbsolutePath().normalize(), fleeting.toAbsolutePath().normalize());
    }

    private static Path dataHome() {
        String data = System.getenv("XDG_DATA_HOME");
        if (data != null && data.startsWith("/")) {
            return Path.of(data);
        }
        String home = System.getenv("HOME");
        if (home == null || !home.startsWith("/")) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Neither XDG_DATA_HOME nor HOME says where this user's data is.",
                    "Set HOME, or name a folder with --root.");
        }
        return Path.of(home, ".local", "share");
    }

    /** XDG_RUNTIME_DIR only if it is really ours, else a folder of our own in /tmp. */
    private static Path runtimeFolder(int uid) {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/") && ownedPrivately(Path.of(runtime), uid)) {
            return Path.of(runtime, "wherry");
        }
        Path own = Path.of("/tmp/wherry-" + uid);
        try {
            Files.createDirectory(
                    own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            if (!ownedPrivately(own, uid)) {
                throw new WherryException(
                        WherryException.Kind.DENIED,
                        "The folder " + own + " is not this user's alone.",
                        "Set XDG_RUNTIME_DIR to a folder that belongs to user " + uid + " with mode 0700.");
            }
        }
        return own;
    }

    private static boolean ownedPrivately(Path folder, int uid) {
        try {
            int mode = (Integer) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return owner.equals(uid) && (mode & 0177777) == 0040700;
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return the folder of containers, made if absent} */
    public Path containers() {
        return made(root.resolve("containers"));
    }

    /** {@return the folder of names: one file a name, which holds the container's id} */
    public Path names() {
        return made(root.resolve("names"));
    }

    /** {@return the folder of the journal of events} */
    public Path events() {
        return made(root.resolve("events"));
    }

    /** {@return the folder of locks} */
    public Path locks() {
        return made(root.resolve("locks"));
    }

    /** {@return where removed things wait for their deletion} */
    public Path trash() {
        return made(root.resolve("trash"));
    }

    /** {@return the folder of the volatile parts of containers} */
    public Path running() {
        return made(volatileRoot.resolve("c"));
    }

    static Path made(Path folder) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (IOException e) {
                throw FullDisk.of("make the state folder", folder, e)
                        .orElse(new WherryException(
                                WherryException.Kind.FAILED_PRECONDITION,
                                "Cannot make the state folder " + folder + ": " + e.getMessage() + ".",
                                "Name a writable folder with --root."));
            }
        }
        return folder;
    }
}
