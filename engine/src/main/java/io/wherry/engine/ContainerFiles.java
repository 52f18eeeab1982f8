package io.wherry.engine;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.Digest;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Containers as they stand on disk: found by name, id or prefix, read, never changed here. Safe for several threads. */
final class ContainerFiles {
    /** What the folder of a container in the making is called before its id. */
    static final String UNFINISHED = ".new-";

    /** What may be left of a start. */
    static final String INTENT = "intent";

    /** How it ended last. */
    static final String EXIT = "exit";

    /** The word for the container that was created last. */
    static final String NEWEST = "LAST";

    private static final byte[] NOTHING = {};
    private static final KeyValues NOT_STARTED = KeyValues.parse(NOTHING);
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** The program of the next start. */
    static final String PROGRAM = "program";

    private final StateRoot root;
    private final String bootId;
    private final Path containers;

    ContainerFiles(StateRoot root, String bootId) {
        this.root = root;
        this.bootId = bootId;
        this.containers = root.root().resolve("containers"); // not made where nothing but looked for
    }

    Path folder(ContainerId id) {
        return containers.resolve(id.text());
    }

    /** {@return what its folder has in it now} */
    FolderLook look(ContainerId id) {
        return FolderLook.at(folder(id));
    }

    /** {@return where the folder is made before it is put in place} */
    Path unfinished(ContainerId id) {
        return root.containers().resolve(UNFINISHED + id.text());
    }

    Path lock(ContainerId id) {
        return root.locks().resolve(id.text());
    }

    Path volatileFolder(ContainerId id) {
        return root.running().resolve(id.abbreviated());
    }

    /** {@return all ids, in the order of the ids} */
    List<ContainerId> ids() {
        List<ContainerId> ids = new ArrayList<>();
        for (String name : StateFile.list(root.containers())) {
            if (name.length() == ContainerId.LENGTH && ContainerId.isHex(name)) {
                ids.add(new ContainerId(name));
            }
        }
        Collections.sort(ids, (a, b) -> a.text().compareTo(b.text()));
        return ids;
    }

    /**
     * {@return the container that a word names: by its name, its id, or the beginning of its id}. {@value #NEWEST} is the one that was created last, unless one has that name.
     *
     * @throws WherryException of kind NOT_FOUND if there is none, INVALID if the beginning fits several
     */
    ContainerId find(String word) {
        if (ContainerNames.isName(word)) {
            ContainerId owner = Leftovers.owner(root.names().resolve(word));
            if (owner != null && Files.isDirectory(folder(owner))) {
                return owner;
            }
        }
        ContainerId found = word.equals(NEWEST) ? newest() : null;
        if (ContainerId.isHex(word)) {
            for (ContainerId id : ids()) {
                if (id.text().startsWith(word)) {
                    if (found != null) {
                        throw new WherryException(
                                WherryException.Kind.INVALID,
                                "The beginning `" + word + "` fits several containers, " + found.abbreviated() + " and "
                                        + id.abbreviated() + " among them.",
                                "Give more digits.");
                    }
                    found = id;
                }
            }
        }
        if (found == null) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no container `" + word + "`.",
                    "`wherry ps -a` lists all containers.");
        }
        return found;
    }

    private @Nullable ContainerId newest() {
        ContainerId newest = null;
        String latest = "";
        for (ContainerId id : ids()) {
            String created = read(id).created();
            if (created.compareTo(latest) > 0) {
                newest = id;
                latest = created;
            }
        }
        return newest;
    }

    ContainerRecord record(ContainerId id) {
        return record(id, folder(id));
    }

    private ContainerRecord record(ContainerId id, Path folder) {
        byte[] bytes = StateFile.read(folder.resolve(ContainerRecord.FILE))
                .orElseThrow(() -> missing(id, ContainerRecord.FILE));
        return ContainerRecord.parse(bytes);
    }

    /** A container that was removed since it was found, or one of whose files is gone. */
    private WherryException missing(ContainerId id, String file) {
        return Files.exists(folder(id), LinkOption.NOFOLLOW_LINKS)
                ? new WherryException(WherryException.Kind.CORRUPT, file + " is missing.")
                : gone(id);
    }

    /** {@return what to say of a container that somebody has removed meanwhile} */
    static WherryException gone(ContainerId id) {
        return new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no container " + id.abbreviated() + " any more: it was removed meanwhile.");
    }

    /** {@return diff ids of the layers that a container stands on; none if its record is damaged, and it can only be removed} */
    List<Digest> layers(ContainerId id) {
        List<Digest> layers = new ArrayList<>();
        try {
            for (String layer : record(id).layers()) {
                layers.add(Digest.parse(layer));
            }
        } catch (WherryException e) {
            return List.of();
        }
        return layers;
    }

    /** {@return the OCI configuration that it was compiled from} */
    RuntimeConfig config(ContainerId id) {
        return RuntimeConfig.parse(
                StateFile.read(folder(id).resolve("config.json")).orElseThrow(() -> missing(id, "config.json")));
    }

    KernelProgram program(ContainerId id) {
        byte[] bytes = StateFile.read(folder(id).resolve(PROGRAM)).orElseThrow(() -> missing(id, PROGRAM));
        return KernelProgram.parse(bytes);
    }

    /** {@return whether a monitor holds the container's lock, or somebody who makes, mends or removes the container} */
    boolean attended(ContainerId id) {
        return HeldLock.isHeld(lock(id));
    }

    /** {@return the last exit as the monitor told clients, which it does before it syncs and cleans up, and before it starts the container again} */
    Optional<byte[]> told(ContainerId id) {
        return told(volatileFolder(id));
    }

    private Optional<byte[]> told(Path running) {
        Optional<byte[]> exit = StateFile.read(running.resolve("exit"));
        boolean ours =
                exit.isPresent() && KeyValues.parse(exit.get()).text("boot").equals(bootId);
        return ours ? exit : Optional.empty();
    }

    /** {@return the same if no start was to follow} */
    Optional<byte[]> toldForGood(ContainerId id) {
        Optional<byte[]> exit = told(id);
        return exit.isPresent() && KeyValues.parse(exit.get()).number("again", -1) < 0 ? exit : Optional.empty();
    }

    /** {@return whether a container has ended and its monitor only cleans up} */
    boolean ending(ContainerId id) {
        return attended(id)
                && (toldForGood(id).isPresent()
                        || Files.exists(folder(id).resolve(EXIT), LinkOption.NOFOLLOW_LINKS)
                        || !Files.exists(folder(id), LinkOption.NOFOLLOW_LINKS));
    }

    /** {@return whether something may be left of a start} */
    boolean hasIntent(ContainerId id) {
        return Files.exists(folder(id).resolve(INTENT), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * {@return the container's lock; empty if a monitor has it}
     *
     * <p>Others have it for moments only, and are waited for: who asks, who mends, who removes.
     */
    Optional<HeldLock> take(ContainerId id) {
        Path file = lock(id);
        long end = System.nanoTime() + PATIENCE_NANOS;
        try {
            while (true) {
                Optional<HeldLock> lock = HeldLock.tryTake(file);
                if (lock.isPresent() || isMonitored(id) || System.nanoTime() > end) {
                    return lock;
                }
                Thread.sleep(1);
            }
        } catch (IOException e) {
            throw StateFile.failed("lock", file, e);
        } catch (InterruptedException e) {
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The wait for a lock was interrupted.");
        }
    }

    /** {@return whether the holder of the lock is a monitor beside a container that runs, or that is to be started again} */
    private boolean isMonitored(ContainerId id) {
        byte[] started = StateFile.read(volatileFolder(id).resolve("started")).orElse(new byte[0]);
        return KeyValues.parse(started).text("boot").equals(bootId)
                && toldForGood(id).isEmpty()
                && attended(id);
    }

    /** {@return the container as it stands; damage to its files is part of the answer} */
    Container read(ContainerId id) {
        return found(id).container();
    }

    /**
     * A container and its record, read once.
     *
     * @param record empty if it is damaged
     */
    record Found(Container container, Optional<ContainerRecord> record) {}

    /** {@return the same with the record that it was read from} */
    Found found(ContainerId id) {
        return found(id, look(id));
    }

    /** {@return the same as it stood when its folder was looked at} */
    Found found(ContainerId id, FolderLook look) {
        try {
            ContainerRecord record = record(id, look.folder());
            return new Found(look.intent() ? mayRun(id, record) : atRest(id, record, look), Optional.of(record));
        } catch (WherryException e) {
            if (e.kind() == WherryException.Kind.NOT_FOUND) {
                throw e;
            }
            return new Found(damaged(id, e), Optional.empty());
        }
    }

    private static Container damaged(ContainerId id, WherryException damage) {
        return new Container(
                id.text(),
                "",
                "",
                Container.Status.DAMAGED,
                OptionalLong.empty(),
                OptionalInt.empty(),
                false,
                0,
                false,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "",
                List.of(),
                Map.of(),
                Optional.of(damage.getMessage()),
                Optional.empty(),
                new ContainerSpec.Builder().build());
    }

    /** Of one that had no intent its own folder tells all. */
    private Container atRest(ContainerId id, ContainerRecord record, FolderLook look) {
        Optional<byte[]> ended = look.ended() ? StateFile.read(look.folder().resolve(EXIT)) : Optional.empty();
        if (look.ended() && ended.isEmpty()) {
            return mayRun(id, record); // started since
        }
        KeyValues exit = KeyValues.parse(ended.orElse(NOTHING));
        Container.Status status = ended.isPresent() ? Container.Status.EXITED : Container.Status.CREATED;
        return container(id, record, status, NOT_STARTED, exit, ended.isPresent());
    }

    private Container mayRun(ContainerId id, ContainerRecord record) {
        // In the order in which the monitor makes them and, at the sweep, takes the first two away: whoever has heard
        // of the exit finds one of them. The mark of one that is paused goes with the sweep: it is looked for before.
        Path running = volatileFolder(id);
        boolean paused = Files.exists(running.resolve("paused"), LinkOption.NOFOLLOW_LINKS);
        Optional<byte[]> told = told(running);
        KeyValues started =
                KeyValues.parse(StateFile.read(running.resolve("started")).orElse(NOTHING));
        Optional<byte[]> kept = StateFile.read(folder(id).resolve(EXIT));
        Optional<byte[]> ended = kept.isPresent() ? kept : told;
        KeyValues exit = KeyValues.parse(ended.orElse(NOTHING));
        boolean again = exit.number("again", -1) >= 0;
        boolean attended = (ended.isEmpty() || again) && started.text("boot").equals(bootId) && attended(id);
        boolean runs = attended && !again;
        Container.Status status = runs
                ? paused ? Container.Status.PAUSED : Container.Status.RUNNING
                : attended
                        ? Container.Status.RESTARTING
                        : ended.isPresent() ? Container.Status.EXITED : Container.Status.CREATED;
        return container(id, record, status, started, exit, ended.isPresent());
    }

    /**
     * Puts together what was read.
     *
     * @param started the record of the life that it has now
     * @param exit the record of its last end
     * @param hasEnded whether there is one
     */
    private Container container(
            ContainerId id,
            ContainerRecord record,
            Container.Status status,
            KeyValues started,
            KeyValues exit,
            boolean hasEnded) {
        boolean runs = status == Container.Status.RUNNING || status == Container.Status.PAUSED;
        String reason = exit.text("reason");
        return new Container(
                id.text(),
                record.name(),
                record.created(),
                status,
                runs ? OptionalLong.of(started.number("pid", 0)) : OptionalLong.empty(),
                !runs && hasEnded ? OptionalInt.of((int) exit.number("code", 137)) : OptionalInt.empty(),
                exit.number("oom", 0) > 0,
                (int) (runs ? started : exit).number("restarts", 0),
                exit.number("stopped", 0) > 0,
                reason.isEmpty() ? Optional.empty() : Optional.of(reason),
                seconds(runs ? started.number("time", -1) : exit.number("started", -1)),
                runs ? OptionalLong.empty() : seconds(exit.number("seconds", -1)),
                record.imageId(),
                record.driver(),
                record.command(),
                record.labels(),
                Optional.empty(),
                runs ? health(id) : Optional.empty(),
                record.spec());
    }

    private Optional<Health> health(ContainerId id) {
        Optional<byte[]> record = StateFile.read(volatileFolder(id).resolve("health"));
        return record.isPresent() ? Health.parse(record.get()) : Optional.empty();
    }

    private static OptionalLong seconds(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
