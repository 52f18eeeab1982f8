package io.wherry.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock file of the state root while this process holds it: a container's while its folder is made or removed, so that who finds a half-made folder and can take the lock knows that its
 * maker is gone; one for renames.
 *
 * <p>The kernel gives a lock twice to one process, and takes it away when the process closes any descriptor of the file (fcntl_locking(2)). So this class knows which are held here: another
 * thread does not get them, and nobody opens the file to find out.
 */
final class HeldLock implements AutoCloseable {
    private static final Set<Path> HELD = new HashSet<>();
    private static final ReentrantLock IN_TURN = new ReentrantLock();

    private final Path file;
    private final FileChannel channel;
    private final boolean inTurn;

    private HeldLock(Path file, FileChannel channel, boolean inTurn) {
        this.file = file;
        this.channel = channel;
        this.inTurn = inTurn;
    }

    /** {@return whether somebody holds a lock; who asks does so together with all others that ask} */
    static boolean isHeld(Path file) {
        synchronized (HELD) {
            return isHeldNow(file);
        }
    }

    private static boolean isHeldNow(Path file) {
        if (HELD.contains(file)) {
            return true;
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock held = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return held == null;
        } catch (OverlappingFileLockException e) {
            return true; // by other code of this process
        } catch (NoSuchFileException e) {
            return false; // removed meanwhile, by who held it
        } catch (IOException e) {
            throw StateFile.failed("lock", file, e);
        }
    }

    /** {@return the lock; empty if somebody else has it} */
    static Optional<HeldLock> tryTake(Path file) throws IOException {
        synchronized (HELD) {
            return HELD.add(file) ? tryTakeNow(file) : Optional.empty();
        }
    }

    private static Optional<HeldLock> tryTakeNow(Path file) throws IOException {
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel = open(file);
            taken = channel.tryLock() != null;
            return taken ? Optional.of(new HeldLock(file, channel, false)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // by other code of this process
        } finally {
            if (!taken) {
                HELD.remove(file);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** What is in the way is no lock, so that nobody can hold it. */
    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            StateFile.remove(file);
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
    }

    /** {@return the lock of a container that nobody knows yet} */
    static HeldLock take(Path file) throws IOException {
        return tryTake(file).orElseThrow(() -> new IOException("somebody else holds the lock " + file));
    }

    /** Waits until nobody else has it, no thread of this process and no other process. {@return the lock} */
    static HeldLock await(Path file) throws IOException {
        IN_TURN.lock();
        FileChannel channel = null;
        try {
            channel = open(file);
            channel.lock();
            return new HeldLock(file, channel, true);
        } catch (IOException | RuntimeException e) {
            IN_TURN.unlock();
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw StateFile.failed("unlock", file, e);
        } finally {
            if (inTurn) {
                IN_TURN.unlock();
            } else {
                synchronized (HELD) {
                    HELD.remove(file);
                }
            }
        }
    }
}
