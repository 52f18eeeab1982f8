package io.wherry.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Locks that exclude other processes: fcntl locks, which the kernel drops when the process ends however it ends. All are bytes of one file, {@value #FILE}, which stays
 * empty and is never removed: a key's byte is at a hash of the key, far apart from every other's. So there may be any number of keys, and nothing of them is left.
 *
 * <p>fcntl locks belong to the process, and closing any descriptor of the file drops them. So holders within this JVM are counted in a table of the whole JVM, and each file is open once. The kernel is asked again and again rather
 * than waited for: it would take locks that two threads of one process hold and wait for as a circle, and Java closes a file under a thread that is interrupted.
 */
public final class FileLocks {
    static final String FILE = "store";

    private static final int PAUSE_MILLIS = 10;
    private static final Map<String, Slot> SLOTS = new HashMap<>();
    private static final Map<Path, Open> OPEN = new HashMap<>();

    private final Path file;

    /** The open lock file of a folder and how many slots use it; guarded by {@link #SLOTS}. */
    private static final class Open {
        final FileChannel channel;
        int users;

        Open(FileChannel channel) {
            this.channel = channel;
        }
    }

    /** What is known of one key; guarded by {@link #SLOTS}. */
    private static final class Slot {
        int shared;
        boolean exclusive;
        boolean opening;

        @Nullable
        FileLock lock;
    }

    /** A lock that is held until it is closed. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final class Holder implements Held {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final String name;

        Holder(String name) {
            this.name = name;
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                release(name);
            }
        }
    }

    /** Uses the lock file in a folder, which is made when the first lock is taken. */
    public FileLocks(Path folder) {
        this.file = folder.resolve(FILE).toAbsolutePath().normalize();
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
        String name = file + "\n" + key;
        Slot slot;
        synchronized (SLOTS) {
            slot = SLOTS.computeIfAbsent(name, k -> new Slot());
            while (slot.opening || slot.exclusive || (exclusive && slot.shared > 0)) {
                if (!wait) {
                    return Optional.empty();
                }
                try {
                    SLOTS.wait();
                } catch (InterruptedException e) {
                    throw interrupted();
                }
                slot = SLOTS.computeIfAbsent(name, k -> new Slot());
            }
            if (slot.shared > 0) {
                slot.shared++;
                return Optional.of(new Holder(name));
            }
            slot.opening = true;
        }
        FileLock lock = null;
        try {
            lock = lock(position(key), exclusive, wait);
        } finally {
            synchronized (SLOTS) {
                slot.opening = false;
                if (lock != null) {
                    slot.lock = lock;
                    slot.exclusive = exclusive;
                    slot.shared = exclusive ? 0 : 1;
                } else {
                    SLOTS.remove(name);
                }
                SLOTS.notifyAll();
            }
        }
        return lock == null ? Optional.empty() : Optional.of(new Holder(name));
    }

    private @Nullable FileLock lock(long position, boolean exclusive, boolean wait) {
        FileChannel channel = open();
        FileLock lock = null;
        try {
            lock = channel.tryLock(position, 1, !exclusive);
            while (lock == null && wait) {
                Thread.sleep(PAUSE_MILLIS);
                lock = channel.tryLock(position, 1, !exclusive);
            }
            return lock;
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (OverlappingFileLockException e) {
            throw new IllegalStateException("two lock keys with one hash", e);
        } catch (IOException e) {
            throw Durable.failure("lock", file, e);
        } finally {
            if (lock == null) {
                leave();
            }
        }
    }

    /** FNV-1a, 62 bits of it: where in the file the key's byte is. */
    private static long position(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> 2;
    }

    private FileChannel open() {
        synchronized (SLOTS) {
            Open open = OPEN.get(file);
            if (open == null) {
                try {
                    Files.createDirectories(file.getParent());
                    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                        new Durable().remove(file); // it is no lock, so that nobody can hold it
                    }
                    open = new Open(FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
                } catch (IOException e) {
                    throw Durable.failure("lock", file, e);
                }
                OPEN.put(file, open);
            }
            open.users++;
            return open.channel;
        }
    }

    private void leave() {
        synchronized (SLOTS) {
            Open open = OPEN.get(file);
            if (open != null && --open.users == 0) {
                OPEN.remove(file);
                try {
                    open.channel.close();
                } catch (IOException e) {
                    throw Durable.failure("close", file, e);
                }
            }
        }
    }

    private void release(String name) {
        synchronized (SLOTS) {
            Slot slot = SLOTS.get(name);
            if (slot == null) {
                return;
            }
            slot.exclusive = false;
            if (slot.shared > 0 && --slot.shared > 0) {
                return;
            }
            try {
                if (slot.lock != null) {
                    slot.lock.release();
                }
            } catch (IOException e) {
                throw Durable.failure("unlock", file, e);
            } finally {
                SLOTS.remove(name);
                SLOTS.notifyAll();
                leave();
            }
        }
    }

    private RuntimeException interrupted() {
        Thread.currentThread().interrupt();
        return Durable.failure("lock", file, new IOException("interrupted"));
    }
}
