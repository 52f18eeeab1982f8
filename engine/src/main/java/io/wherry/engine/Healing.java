package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Recovery, done by every command before it looks at a container: whoever finds an intent without a monitor runs the sweep, by name and as often as need be, and
 * writes down that the monitor was lost. There is no other repair.
 */
final class Healing {
    private final ContainerFiles files;
    private final Leftovers leftovers;
    private final Launcher launcher;
    private final String bootId;
    private final ContainerEvents events;

    Healing(ContainerFiles files, Leftovers leftovers, Launcher launcher, String bootId, ContainerEvents events) {
        this.events = events;
        this.files = files;
        this.leftovers = leftovers;
        this.launcher = launcher;
        this.bootId = bootId;
    }

    /** Heals one container if it needs it. */
    void heal(ContainerId id) {
        heal(id, files.look(id));
    }

    /**
     * Heals one container if what was seen of it needs that.
     *
     * @return whether there was something to do, so that it is to be looked at again
     */
    boolean heal(ContainerId id, FolderLook look) {
        if (look.untold()) {
            events.settle(id);
        }
        if (!(look.intent() || isForsaken(look)) || files.attended(id)) {
            return false;
        }
        locked(id, () -> {
            if (files.hasIntent(id)) { // else somebody has mended it meanwhile, if there was one
                mend(id);
            } else if (!look.intent()) {
                remove(id);
            }
        });
        return true;
    }

    /**
     * {@return whether a container of `run --rm` will never start: it was made before a reboot, so that its files were never synced, or so long ago that its launcher must have
     * died before the intent was written}
     */
    private boolean isForsaken(FolderLook look) {
        String marker = look.temporary();
        return !marker.isEmpty()
                && (!marker.equals(FolderLook.TEMPORARY + bootId)
                        || Leftovers.isOld(look.folder().resolve(marker)));
    }

    /** With the lock in hand, so that nobody starts meanwhile what is swept or removed here; not at all if a monitor attends the container. */
    private void locked(ContainerId id, Runnable what) {
        Optional<HeldLock> lock = files.take(id);
        if (lock.isPresent()) {
            try (HeldLock _ = lock.get()) {
                what.run();
                if (!Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)) {
                    StateFile.remove(files.lock(id)); // its monitor was faster: this made the file anew
                }
            }
        }
    }

    private void mend(ContainerId id) {
        KernelProgram program = files.program(id);
        boolean remove = files.record(id).spec().remove();
        events.died(id);
        if (!remove) {
            recordExit(id); // before the sweep, which takes away what tells that the monitor was lost
        }
        TaskResult swept = launcher.task(program, Assembler.SWEEP);
        if (!swept.ok()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot clean up after the container " + id.abbreviated() + ", whose monitor was lost: "
                            + swept.failure()
                                    .map(failure -> failure.errnoName() + " " + failure.text())
                                    .orElse("the sweep was ended")
                            + ".");
        }
        if (remove) {
            remove(id);
        }
    }

    /** How it ended: as the monitor still could tell clients, or by the monitor's own end. */
    private void recordExit(ContainerId id) {
        Path exit = files.folder(id).resolve("exit");
        if (Files.exists(exit, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String lost = "code 137\nsignal 9\noom 0\nseconds " + System.currentTimeMillis() / 1000
                + "\nnanoseconds 0\nreason monitor lost\nboot " + startedIn(id) + "\n";
        StateFile.write(exit, files.toldForGood(id).orElse(lost.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@return the boot in which it was started, as its intent says} */
    private String startedIn(ContainerId id) {
        return KeyValues.parse(StateFile.read(files.folder(id).resolve(ContainerFiles.INTENT))
                        .orElse(new byte[0]))
                .text("boot");
    }

    /**
     * Removes a container whose lock is in the caller's hand, and what its last start may have left.
     *
     * @param force also if its files are too damaged to tell what that is
     */
    void mendAndRemove(ContainerId id, boolean force) {
        try {
            if (files.hasIntent(id)) {
                mend(id);
            }
        } catch (WherryException e) {
            if (!force) {
                throw e;
            }
        }
        if (Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)) {
            remove(id); // else it was to be removed at its end
        }
    }

    private void remove(ContainerId id) {
        leftovers.discard(files.folder(id), id);
    }
}
