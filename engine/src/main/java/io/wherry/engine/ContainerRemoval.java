package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Optional;

/** Removes containers, and waits for monitors that still clean up behind one that has ended. */
final class ContainerRemoval {
    private static final int SIGKILL = 9;
    private static final int MOST_KILLS = 5; // of one that somebody else starts again and again
    private static final long PATIENCE_MILLIS = 10_000;

    private final ContainerFiles files;
    private final Healing healing;
    private final StateRoot root;
    private final Launcher launcher;

    ContainerRemoval(ContainerFiles files, Healing healing, StateRoot root, Launcher launcher) {
        this.root = root;
        this.launcher = launcher;
        this.files = files;
        this.healing = healing;
    }

    /**
     * Removes a container.
     *
     * @param force whether it is killed if it runs, and unmounted if it is mounted
     * @throws WherryException of kind FAILED_PRECONDITION if it runs, or is mounted, and is not forced
     */
    void remove(ContainerId id, boolean force) {
        try {
            healing.heal(id);
        } catch (WherryException e) {
            if (!force) {
                throw e;
            }
        }
        Container container = files.read(id);
        waitIfEnding(id);
        for (int kills = 0; !removed(container, force, kills == 0); kills++) {
            if (!force || kills == MOST_KILLS) {
                throw running(container);
            }
            kill(id);
        }
    }

    /** Removes it with its lock in hand, so that nobody starts or mounts it meanwhile. {@return false if a monitor has the lock} */
    private boolean removed(Container container, boolean force, boolean first) {
        ContainerId id = new ContainerId(container.id());
        Optional<HeldLock> lock = files.take(id);
        if (lock.isEmpty()) {
            return false;
        }
        try (HeldLock _ = lock.get()) {
            if (!Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)) {
                StateFile.remove(files.lock(id)); // or it would lie here for a minute
                throw ContainerFiles.gone(id);
            }
            MountPlaces places = new MountPlaces(root, launcher);
            if (force) {
                places.unmount(MountPlaces.name(id), true);
            } else {
                places.refuse(id, container.name(), "removed");
            }
            healing.mendAndRemove(id, force && first); // behind a kill, a sweep that fails is told
            return true;
        }
    }

    private static WherryException running(Container container) {
        boolean paused = container.status() == Container.Status.PAUSED;
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "The container `" + container.name() + "` is " + (paused ? "paused" : "running") + ".",
                "Stop it first, or remove it with --force.");
    }

    private void kill(ContainerId id) {
        try (MonitorClient monitor = MonitorClient.connect(files.volatileFolder(id), PATIENCE_MILLIS)) {
            monitor.stop(SIGKILL, 0);
        } catch (IOException e) {
            // it is starting or ending: the socket is not there yet, or not any more, or nobody answers
        }
        waitUntilUnattended(id);
    }

    /** Who has seen a container's exit may remove it or use its name, although its monitor still cleans up. */
    void waitIfEnding(ContainerId id) {
        waitFor(id, true);
    }

    /** The monitor sweeps after it reported the exit; that takes milliseconds. */
    void waitUntilUnattended(ContainerId id) {
        waitFor(id, false);
    }

    /** While a start is under way, the exit of the life before is still there: what looked like an ending then turns out to run. */
    private void waitFor(ContainerId id, boolean ending) {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (ending ? files.ending(id) : files.attended(id)) {
            if (System.nanoTime() > end) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The container " + id.abbreviated() + " was killed 10 s ago and its monitor still cleans up.");
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new WherryException(WherryException.Kind.INTERRUPTED, "The removal was interrupted.");
            }
        }
    }
}
