package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Recovery, done by every command before it looks at a container: whoever finds an intent without a monitor runs the sweep, by name and as often as need be, and
 * writes down that the monitor was lost. There is no other repair.
 */
final class Healing {
    private final ContainerFiles files;
    private final StateRoot root;
    private final Launcher launcher;
    private final String bootId;

    Healing(ContainerFiles files, StateRoot root, Launcher launcher, String bootId) {
        this.files = files;
        this.root = root;
        this.launcher = launcher;
        this.bootId = bootId;
    }

    /** Heals one container if it needs it. */
    void heal(ContainerId id) {
        if (!files.needsSweep(id)) {
            temporary(id);
            return;
        }
        KernelProgram program = files.program(id);
        boolean remove = files.record(id).spec().remove();
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
        Path exit = files.folder(id).resolve("exit");
        if (!Files.exists(exit, LinkOption.NOFOLLOW_LINKS)) {
            String lines = "code 137\nsignal 9\noom 0\nseconds " + System.currentTimeMillis() / 1000
                    + "\nnanoseconds 0\nreason monitor lost\n";
            StateFile.write(exit, lines.getBytes(StandardCharsets.UTF_8));
        }
        if (remove) {
            remove(id, files.record(id).name());
        }
    }

    /** Removes folders that were never finished, and what earlier removals left in the trash. */
    void leftovers() {
        for (ContainerId id : files.halfMade()) {
            Path folder = root.containers().resolve(ContainerFiles.HALF_MADE + id.text());
            try {
                Files.move(
                        folder, root.trash().resolve(id.text()), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw StateFile.failed("remove", folder, e);
            }
            StateFile.remove(files.lock(id));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.trash())) {
            for (Path entry : entries) {
                emptyTrash(String.valueOf(entry.getFileName()));
            }
        } catch (IOException e) {
            throw StateFile.failed("list", root.trash(), e);
        }
    }

    /** Removes what a container that was to be removed left behind at a reboot: its files were never synced. */
    private void temporary(ContainerId id) {
        Path folder = files.folder(id);
        try (DirectoryStream<Path> markers = Files.newDirectoryStream(folder, "temporary-*")) {
            for (Path marker : markers) {
                if (!marker.endsWith("temporary-" + bootId)) {
                    remove(id, "");
                    return;
                }
            }
        } catch (IOException e) {
            throw StateFile.failed("list", folder, e);
        }
    }

    /** Removes a container that does not run: out of sight by one rename, then deleted by the pilot, which alone may delete what containers wrote. */
    void remove(ContainerId id, String name) {
        Path trash = root.trash().resolve(id.text());
        try {
            Files.move(files.folder(id), trash, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            StateFile.syncFolder(root.containers());
        } catch (java.nio.file.NoSuchFileException e) {
            // a removal before this one got that far
        } catch (IOException e) {
            throw StateFile.failed("remove", files.folder(id), e);
        }
        if (ContainerNames.isName(name)) {
            StateFile.remove(root.names().resolve(name));
        }
        StateFile.remove(files.lock(id));
        emptyTrash(id.text());
    }

    private void emptyTrash(String entry) {
        TaskResult removed = launcher.task(Removal.program(root.trash(), entry), Assembler.PILOT);
        if (!removed.ok()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot delete " + root.trash().resolve(entry) + ": "
                            + removed.failure()
                                    .map(failure -> failure.errnoName() + " " + failure.text())
                                    .orElse("the pilot was ended")
                            + ".");
        }
    }
}
