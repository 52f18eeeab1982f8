package io.wherry.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Locks that exclude other processes: fcntl locks on files of one folder, which the kernel drops when the process ends however it ends.
 *
 * <p>fcntl locks belong to the process, and closing any descriptor of the file drops them. So holders within this JVM are counted in a table of the whole JVM, and each file is open once. Lock files stay: removing one would
 * let two processes lock different files of the same name.
 */
public final class FileLocks {
    private static final Map<Path, Slot> SLOTS = new HashMap<>();

    private final Path folder;

    /** What is known of one lock file; guarded by {@link #SLOTS}. */
    private static final class Slot {
        int shared;
        boolean exclusive;
        boolean opening;

        @Nullable
        FileChannel channel;
    }

    /** A lock that is held until it is closed. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Holder implements Held {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final Path file;

        Holder(Path file) {
            this.file = file;
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                release(file);
            }
        }
    }

    public FileLocks(Path folder) {
        this.folder = folder;
    }

    /** Waits for the lock and takes it alone. */
    public Held exclusive(String key) {
        return take(key, true, true).orElseThrow();
    }

    /** Waits for the lock and takes it together with others. */
    public Held shared(String key) {
        return take(key, false, true).orElseThrow();
    }

    /** {@return the lock alone, if nobody has it now} */
    public Optional<Held> tryExclusive(String key) {
        return take(key, true, false);
    }

    private Optional<Held> take(String key, boolean exclusive, boolean wait) {
        Path file = folder.resolve(key).toAbsolutePath().normalize();
        Slot slot;
        synchronized (SLOTS) {
            slot = SLOTS.computeIfAbsent(file, k -> new Slot());
            while (slot.opening || slot.exclusive || (exclusive && slot.shared > 0)) {
                if (!wait) {
                    return Optional.empty();
                }
                try {
                    SLOTS.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw Durable.failure("lock", file, new IOException("interrupted"));
                }
                slot = SLOTS.computeIfAbsent(file, k -> new Slot());
            }
            if (slot.shared > 0) {
                slot.shared++;
                return Optional.of(new Holder(file));
            }
            slot.opening = true;
        }
        FileChannel channel = null;
        try {
            channel = open(file, exclusive, wait);
        } finally {
            synchronized (SLOTS) {
                slot.opening = false;
                if (channel != null) {
                    slot.channel = channel;
                    slot.exclusive = exclusive;
                    slot.shared = exclusive ? 0 : 1;
                } else {
                    SLOTS.remove(file);
                }
                SLOTS.notifyAll();
            }
        }
        return channel == null ? Optional.empty() : Optional.of(new Holder(file));
    }

    private static @Nullable FileChannel open(Path file, boolean exclusive, boolean wait) {
        FileChannel channel = null;
        try {
            Files.createDirectories(file.getParent());
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock =
                    wait ? channel.lock(0, Long.MAX_VALUE, !exclusive) : channel.tryLock(0, Long.MAX_VALUE, !exclusive);
            if (lock == null) {
                channel.close();
                return null;
            }
            return channel;
        } catch (IOException e) {
            close(channel);
            throw Durable.failure("lock", file, e);
        }
    }

    private static void release(Path file) {
        synchronized (SLOTS) {
            Slot slot = SLOTS.get(file);
            if (slot == null) {
                return;
            }
            slot.exclusive = false;
            if (slot.shared > 0 && --slot.shared > 0) {
                return;
            }
            close(slot.channel);
            SLOTS.remove(file);
            SLOTS.notifyAll();
        }
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("closing a lock file", e);
        }
    }
}
