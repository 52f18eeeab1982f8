package io.wherry.engine;

import io.wherry.kernel.launch.TaskResult;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What creations and removals that were cut short left of containers that are not there: folders in the making and in the trash, names, locks. Whoever makes or
 * removes a container holds its lock, so what belongs to an id without a container and without a holder of its lock belongs to nobody.
 */
final class Leftovers {
    /** The time that somebody may need from opening a lock file to locking it, and from making a container to handing it over. */
    static final long HANDOVER_MILLIS = 60_000;

    private final StateRoot root;
    private final ContainerFiles files;
    private final ContainerRename rename;
    private final TreeRemoval trees;
    private final ContainerEvents events;

    Leftovers(StateRoot root, ContainerFiles files, ContainerRename rename, TreeRemoval trees, ContainerEvents events) {
        this.rename = rename;
        this.events = events;
        this.root = root;
        this.files = files;
        this.trees = trees;
    }

    /**
     * Removes what belongs to nobody.
     *
     * @param containers all that were there a moment ago: a name or a lock that is theirs by their records is not opened
     */
    void collect(List<Container> containers) {
        Map<String, String> names = new HashMap<>(); // by id
        for (Container container : containers) {
            names.put(container.id(), container.name());
        }
        for (String name : StateFile.list(root.containers())) {
            if (name.startsWith(ContainerFiles.UNFINISHED)) {
                String id = name.substring(ContainerFiles.UNFINISHED.length());
                if (isId(id) && !files.attended(new ContainerId(id))) {
                    discardUnfinished(files.unfinished(new ContainerId(id)), new ContainerId(id));
                }
            }
        }
        for (Path folder : list(root.trash())) {
            if (isId(name(folder)) && !files.attended(new ContainerId(name(folder)))) {
                empty(new ContainerId(name(folder)));
            }
        }
        names(names);
        for (String id : StateFile.list(root.locks())) {
            if (!names.containsKey(id)
                    && isId(id)
                    && isOld(root.locks().resolve(id))
                    && belongsToNobody(new ContainerId(id))) {
                StateFile.remove(root.locks().resolve(id));
            }
        }
    }

    /** Its maker has gone; whether that had come to the end first, only the lock tells for sure. */
    private void discardUnfinished(Path folder, ContainerId id) {
        Optional<HeldLock> lock = files.take(id);
        if (lock.isPresent()) {
            try (HeldLock _ = lock.get()) {
                if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    discard(folder, id);
                } else if (!Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)) {
                    StateFile.remove(files.lock(id)); // it was removed, too
                }
            }
        }
    }

    /** Removes names that are nobody's, and of two names of one container the one that its record does not say. */
    private void names(Map<String, String> said) {
        Set<String> settled = new HashSet<>(said.values());
        for (String name : StateFile.list(root.names())) {
            if (settled.contains(name)) {
                continue;
            }
            Path file = root.names().resolve(name);
            ContainerId owner = name.startsWith(ContainerNames.CLAIM) ? null : owner(file);
            if (isFree(file, owner)) {
                rename.inTurn(
                        () -> { // or somebody else has removed it, and a third has the name now
                            if (isFree(file, owner)) {
                                StateFile.remove(file);
                            }
                        });
            } else if (owner != null && hasAnother(said.getOrDefault(owner.text(), ""))) {
                rename.forgetOld(owner, file);
            }
        }
    }

    /** {@return whether the name that a record says is there; a damaged record says none} */
    private boolean hasAnother(String name) {
        return !name.isEmpty() && Files.exists(root.names().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Takes a container's folder out of sight by one rename, then everything else that is the container's. */
    void discard(Path folder, ContainerId id) {
        events.destroyed(id, folder);
        try {
            Files.move(folder, root.trash().resolve(id.text()), StandardCopyOption.ATOMIC_MOVE);
            StateFile.syncFolder(root.containers());
        } catch (NoSuchFileException e) {
            // a removal before this one got that far
        } catch (IOException e) {
            throw StateFile.failed("remove", folder, e);
        }
        for (Path file : list(root.names())) {
            if (id.equals(owner(file))) {
                StateFile.remove(file);
            }
        }
        empty(id);
    }

    /** Deletes by the pilot, which alone may delete what containers wrote; the lock last, as it tells others that somebody is at it. */
    private void empty(ContainerId id) {
        TaskResult removed = trees.remove(root.trash(), id.text());
        if (!removed.ok()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot delete " + root.trash().resolve(id.text()) + ": "
                            + removed.failure()
                                    .map(failure -> failure.errnoName() + " " + failure.text())
                                    .orElse("the pilot was ended")
                            + ".");
        }
        StateFile.remove(files.lock(id));
    }

    /** {@return whether a name, or what one was to be made of, is nobody's; one without an id is: names have theirs from the beginning} */
    private boolean isFree(Path file, @org.jspecify.annotations.Nullable ContainerId owner) {
        String claimed =
                name(file).startsWith(ContainerNames.CLAIM) ? name(file).substring(ContainerNames.CLAIM.length()) : "";
        if (isId(claimed)) {
            return belongsToNobody(new ContainerId(claimed));
        }
        return owner == null
                ? Files.exists(file, LinkOption.NOFOLLOW_LINKS) && owner(file) == null
                : belongsToNobody(owner) && owner.equals(owner(file));
    }

    /** In the order in which a maker lets go of the lock behind a container that is there, and a remover moves that to the trash. */
    private boolean belongsToNobody(ContainerId id) {
        return !files.attended(id)
                && !Files.exists(files.unfinished(id), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(root.trash().resolve(id.text()), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@return the id in a name's file, or null if there is none, or no such file} */
    static @org.jspecify.annotations.Nullable ContainerId owner(Path file) {
        String text;
        try {
            text = StateFile.read(file)
                    .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).strip())
                    .orElse("");
        } catch (WherryException e) {
            return null;
        }
        return isId(text) ? new ContainerId(text) : null;
    }

    /** {@return whether a file was last changed so long ago that nobody is in the middle of taking it into use} */
    static boolean isOld(Path file) {
        try {
            long age = System.currentTimeMillis()
                    - Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
            return age > HANDOVER_MILLIS;
        } catch (IOException e) {
            return false; // gone
        }
    }

    private static boolean isId(String name) {
        return name.length() == ContainerId.LENGTH && ContainerId.isHex(name);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** {@return the entries of a folder} */
    static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path entry : stream) {
                entries.add(entry);
            }
        } catch (IOException e) {
            throw StateFile.failed("list", folder, e);
        }
        return entries;
    }
}
