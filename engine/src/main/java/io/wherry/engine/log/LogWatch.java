package io.wherry.engine.log;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/** Wakes who follows when something in a folder changes (inotify). What changed is for the caller to find out: events may come late, double, or be dropped. */
public final class LogWatch implements AutoCloseable {
    /** A monitor that is killed changes no file; its end is noticed within this time. */
    private static final long PATIENCE_MILLIS = 500;

    private final WatchService service;

    /** Watches from now on: look after it is made, then wait. */
    public LogWatch(Path folder) throws IOException {
        service = folder.getFileSystem().newWatchService();
        try {
            folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            service.close();
            throw e;
        }
    }

    /**
     * Waits until something has changed since the last call, or half a second has gone by.
     *
     * @param most the longest wait in milliseconds
     */
    public void await(long most) {
        try {
            WatchKey key = service.poll(Math.clamp(most, 0, PATIENCE_MILLIS), TimeUnit.MILLISECONDS);
            if (key != null) {
                key.pollEvents();
                key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WherryException(WherryException.Kind.INTERRUPTED, "Following was interrupted.", e);
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
