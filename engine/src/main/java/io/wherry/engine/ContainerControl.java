package io.wherry.engine;

import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.OptionalInt;

/** What is asked of a container that runs, through its monitor (docs/pilot.md). */
final class ContainerControl {
    private static final int DEFAULT_TIMEOUT_SECONDS = 10;
    private static final int EOPNOTSUPP = 95;
    private static final int EALREADY = 114;
    private static final int ESRCH = 3;

    private final ContainerFiles files;

    ContainerControl(ContainerFiles files) {
        this.files = files;
    }

    /** One conversation with a monitor. */
    private interface Request {
        void make(MonitorClient monitor) throws IOException;
    }

    /**
     * Ends a container: a signal, after a time the end of everything in it. One that has ended already is as wanted.
     *
     * @param signal empty for the container's own
     * @param seconds until it is killed; negative: never; empty for the container's own, or ten
     */
    void stop(ContainerId id, Optional<Signal> signal, OptionalInt seconds) {
        ContainerFiles.Found found = files.found(id);
        Container container = found.container();
        if (!container.status().isAttended() || found.record().isEmpty()) {
            return;
        }
        ContainerRecord record = found.record().get();
        int number = signal.orElse(record.stopSignal()).number();
        int time = seconds.orElse(record.spec().stopTimeout().orElse(DEFAULT_TIMEOUT_SECONDS));
        try {
            ask(
                    container,
                    id,
                    monitor -> monitor.stop(number, time < 0 ? -1 : (int) Math.min(1000L * time, Integer.MAX_VALUE)));
        } catch (WherryException e) {
            if (files.attended(id)) {
                throw e;
            }
        }
    }

    /** Sends a signal; behind one that kills, waits for the end. */
    void kill(ContainerId id, Signal signal) {
        Container container = attended(id, "signalled");
        ask(container, id, monitor -> {
            if (signal.equals(Signal.KILL)) {
                monitor.kill();
            } else {
                monitor.signal(signal.number());
            }
        });
    }

    /** Freezes all processes. */
    void pause(ContainerId id) {
        ask(attended(id, "paused"), id, monitor -> monitor.pause(true));
    }

    /** Freezes all processes for a time. What a user has paused, before or meanwhile, stays so behind it. */
    Stillness hold(ContainerId id) {
        Container container = attended(id, "paused");
        try {
            MonitorClient monitor = connect(id);
            try {
                monitor.hold();
            } catch (IOException e) {
                monitor.close();
                throw e;
            }
            return () -> {
                try (monitor) {
                    monitor.letGo();
                } catch (IOException e) {
                    throw problem(container, id, e);
                }
            };
        } catch (IOException e) {
            throw problem(container, id, e);
        }
    }

    /** Thaws them. */
    void resume(ContainerId id) {
        ask(attended(id, "resumed"), id, monitor -> monitor.pause(false));
    }

    /** Tells the monitor of one that runs what is to follow its end. */
    void policy(ContainerId id, int policy, int most) {
        Container container = files.read(id);
        if (container.status().isAttended()) {
            ask(container, id, monitor -> monitor.policy(policy, most));
        }
    }

    /** {@return the exit code of the end that somebody waits for; of the last one if that has been} */
    int await(ContainerId id, Until until) {
        int code = end(id, until == Until.NEXT_EXIT);
        if (until == Until.REMOVED) {
            awaitRemoval(id);
        }
        return code;
    }

    private int end(ContainerId id, boolean next) {
        Container container = files.read(id);
        while (container.status().isAttended()) {
            OptionalInt[] told = {OptionalInt.empty()};
            try {
                ask(container, id, monitor -> told[0] = monitor.awaitExit());
            } catch (WherryException e) {
                if (files.attended(id)) {
                    throw e;
                }
            }
            if (told[0].isPresent()) {
                return told[0].getAsInt();
            }
            files.take(id).ifPresent(HeldLock::close); // it was about to leave: its record tells, once it has
            container = files.read(id);
            next = false;
        }
        if (next) {
            throw refused(container, "does not run, so there is no end to wait for", "Start it first.");
        }
        return container.exitCode().orElse(0);
    }

    private void awaitRemoval(ContainerId id) {
        Path folder = files.folder(id);
        Path parent = folder.resolveSibling(".").normalize();
        try (WatchService watch = parent.getFileSystem().newWatchService()) {
            parent.register(watch, StandardWatchEventKinds.ENTRY_DELETE);
            while (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                watch.take().reset();
            }
        } catch (IOException e) {
            throw StateFile.failed("watch", parent, e);
        } catch (InterruptedException e) {
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The wait was interrupted.");
        }
    }

    private Container attended(ContainerId id, String what) {
        Container container = files.read(id);
        if (!container.status().isAttended()) {
            throw refused(container, "is not running, so it cannot be " + what, "");
        }
        return container;
    }

    private MonitorClient connect(ContainerId id) throws IOException {
        return MonitorClient.connect(files.volatileFolder(id), MonitorClient.PATIENCE_MILLIS);
    }

    private void ask(Container container, ContainerId id, Request request) {
        try (MonitorClient monitor = connect(id)) {
            request.make(monitor);
        } catch (IOException e) {
            throw problem(container, id, e);
        }
    }

    private WherryException problem(Container container, ContainerId id, IOException e) {
        if (!(e instanceof MonitorClient.Refused refusal)) {
            return new WherryException(
                    WherryException.Kind.UNAVAILABLE,
                    "The monitor of `" + container.name() + "` does not answer: " + e.getMessage() + ".",
                    "It may be starting or ending: ask again.");
        }
        return switch (refusal.errno()) {
            case ESRCH -> refused(container, "is not running", "");
            case EALREADY -> {
                boolean paused = files.read(id).status() == Container.Status.PAUSED;
                yield refused(container, paused ? "is paused already" : "is not paused", "");
            }
            case EOPNOTSUPP ->
                new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The container `" + container.name() + "` has no control group that can freeze its processes.",
                        "`wherry doctor` tells what this host offers.");
            default ->
                new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The monitor of `" + container.name() + "` refused: errno " + refusal.errno() + ".");
        };
    }

    private static WherryException refused(Container container, String what, String hint) {
        String sentence = "The container `" + container.name() + "` " + what + ".";
        return hint.isEmpty()
                ? new WherryException(WherryException.Kind.FAILED_PRECONDITION, sentence)
                : new WherryException(WherryException.Kind.FAILED_PRECONDITION, sentence, hint);
    }
}
