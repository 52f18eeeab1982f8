package io.wherry.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A container's lock while its folder is made: who finds a half-made folder and can take the lock knows that its maker is gone. */
final class CreationLock implements AutoCloseable {
    private static final ReentrantLock WITHIN = new ReentrantLock();

    private final FileChannel channel;
    private final @Nullable ReentrantLock within;

    private CreationLock(FileChannel channel, @Nullable ReentrantLock within) {
        this.channel = channel;
        this.within = within;
    }

    static CreationLock take(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held == null) {
                throw new IOException("somebody else holds the lock " + file);
            }
            return new CreationLock(channel, null);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Waits until nobody else has it: no thread of this process, to which the kernel would give it twice, and no other process. */
    static CreationLock await(Path file) throws IOException {
        WITHIN.lock();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            return new CreationLock(channel, WITHIN);
        } catch (IOException | RuntimeException e) {
            WITHIN.unlock();
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (within != null) {
                within.unlock();
            }
        }
    }
}
