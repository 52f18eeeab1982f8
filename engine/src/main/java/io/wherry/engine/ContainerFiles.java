package io.wherry.engine;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
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

/** Containers as they stand on disk: found by name, id or prefix, read, never changed here. Safe for several threads. */
final class ContainerFiles {
    /** What the folder of a container in the making is called before its id. */
    static final String UNFINISHED = ".new-";

    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** The program of the next start. */
    static final String PROGRAM = "program";

    private final StateRoot root;
    private final String bootId;

    ContainerFiles(StateRoot root, String bootId) {
        this.root = root;
        this.bootId = bootId;
    }

    Path folder(ContainerId id) {
        return root.containers().resolve(id.text());
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
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.containers())) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.length() == ContainerId.LENGTH && ContainerId.isHex(name)) {
                    ids.add(new ContainerId(name));
                }
            }
        } catch (IOException e) {
            throw StateFile.failed("list", root.containers(), e);
        }
        Collections.sort(ids, (a, b) -> a.text().compareTo(b.text()));
        return ids;
    }

    /**
     * {@return the container that a word names: by its name, its id, or the beginning of its id}
     *
     * @throws WherryException of kind NOT_FOUND if there is none, INVALID if the beginning fits several
     */
    ContainerId find(String word) {
        if (ContainerNames.isName(word)) {
            Optional<byte[]> named = StateFile.read(root.names().resolve(word));
            if (named.isPresent()) {
                String id = new String(named.get(), StandardCharsets.US_ASCII).strip();
                if (id.length() == ContainerId.LENGTH
                        && ContainerId.isHex(id)
                        && Files.isDirectory(folder(new ContainerId(id)))) {
                    return new ContainerId(id);
                }
            }
        }
        ContainerId found = null;
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

    ContainerRecord record(ContainerId id) {
        byte[] bytes = StateFile.read(folder(id).resolve(ContainerRecord.FILE))
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
        Optional<byte[]> exit = StateFile.read(volatileFolder(id).resolve("exit"));
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
                        || Files.exists(folder(id).resolve("exit"), LinkOption.NOFOLLOW_LINKS)
                        || !Files.exists(folder(id), LinkOption.NOFOLLOW_LINKS));
    }

    /** {@return whether something may be left of a start} */
    boolean hasIntent(ContainerId id) {
        return Files.exists(folder(id).resolve("intent"), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@return whether something may be left of a start that nobody attends} */
    boolean needsSweep(ContainerId id) {
        return hasIntent(id) && !attended(id);
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
        try {
            return read(id, record(id));
        } catch (WherryException e) {
            if (e.kind() == WherryException.Kind.NOT_FOUND) {
                throw e;
            }
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
                    Optional.of(e.getMessage()),
                    Optional.empty(),
                    new ContainerSpec.Builder().build());
        }
    }

    private Container read(ContainerId id, ContainerRecord record) {
        // In the order in which the monitor makes them and, at the sweep, takes the first two away: whoever has heard
        // of the exit finds one of them. The mark of one that is paused goes with the sweep: it is looked for before.
        boolean paused = Files.exists(volatileFolder(id).resolve("paused"), LinkOption.NOFOLLOW_LINKS);
        Optional<byte[]> told = told(id);
        KeyValues started = KeyValues.parse(
                StateFile.read(volatileFolder(id).resolve("started")).orElse(new byte[0]));
        Optional<byte[]> ended = StateFile.read(folder(id).resolve("exit")).or(() -> told);
        KeyValues exit = KeyValues.parse(ended.orElse(new byte[0]));
        boolean again = exit.number("again", -1) >= 0;
        boolean attended = (ended.isEmpty() || again) && started.text("boot").equals(bootId) && attended(id);
        boolean running = attended && !again;
        Container.Status status = running
                ? paused ? Container.Status.PAUSED : Container.Status.RUNNING
                : attended
                        ? Container.Status.RESTARTING
                        : ended.isPresent() ? Container.Status.EXITED : Container.Status.CREATED;
        String reason = exit.text("reason");
        return new Container(
                id.text(),
                record.name(),
                record.created(),
                status,
                running ? OptionalLong.of(started.number("pid", 0)) : OptionalLong.empty(),
                !running && ended.isPresent() ? OptionalInt.of((int) exit.number("code", 137)) : OptionalInt.empty(),
                exit.number("oom", 0) > 0,
                (int) (running ? started : exit).number("restarts", 0),
                exit.number("stopped", 0) > 0,
                reason.isEmpty() ? Optional.empty() : Optional.of(reason),
                seconds(running ? started.number("time", -1) : exit.number("started", -1)),
                running ? OptionalLong.empty() : seconds(exit.number("seconds", -1)),
                record.imageId(),
                record.driver(),
                record.command(),
                record.labels(),
                Optional.empty(),
                running ? health(id) : Optional.empty(),
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
