package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Gives containers other names. The new name is taken first, then the record says it, by one rename, then the old one is given back: whenever that is cut short the
 * container has the name that its record says, and a name that points to a container whose record says another is nobody's ({@link #forgetOld}).
 */
final class ContainerRename {
    private static final String LOCK = "rename";

    private final StateRoot root;
    private final ContainerFiles files;

    ContainerRename(StateRoot root, ContainerFiles files) {
        this.root = root;
        this.files = files;
    }

    /**
     * Renames a container.
     *
     * @throws WherryException of kind ALREADY_EXISTS if the name is taken, INVALID if it cannot be one
     */
    void rename(ContainerId id, String name) {
        inTurn(() -> {
            ContainerRecord record = files.record(id);
            if (record.name().equals(name)) {
                throw new WherryException(
                        WherryException.Kind.INVALID, "The container `" + name + "` has that name already.");
            }
            ContainerNames.take(root.names(), Optional.of(name), id, true);
            StateFile.write(
                    files.folder(id).resolve(ContainerRecord.FILE),
                    record.named(name).bytes());
            StateFile.remove(root.names().resolve(record.name()));
        });
    }

    /** Gives back a name that a rename left behind, unless one is under way. */
    void forgetOld(ContainerId id, Path name) {
        inTurn(() -> {
            String word = String.valueOf(name.getFileName());
            boolean points = StateFile.read(name)
                    .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).strip())
                    .orElse("")
                    .equals(id.text());
            if (points && !files.record(id).name().equals(word)) {
                StateFile.remove(name);
            }
        });
    }

    /** Does something while nobody renames, and nobody else takes away a name that is nobody's. */
    void inTurn(Runnable what) {
        Path lock = root.locks().resolve(LOCK);
        try (HeldLock _ = HeldLock.await(lock)) {
            what.run();
        } catch (IOException e) {
            throw StateFile.failed("lock", lock, e);
        }
    }
}
