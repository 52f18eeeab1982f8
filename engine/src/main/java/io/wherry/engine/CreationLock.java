package io.wherry.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A container's lock while its folder is made: who finds a half-made folder and can take the lock knows that its maker is gone. */
final class CreationLock implements AutoCloseable {
    private final FileChannel channel;

    private CreationLock(FileChannel channel) {
        this.channel = channel;
    }

    static CreationLock take(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held == null) {
                throw new IOException("somebody else holds the lock " + file);
            }
            return new CreationLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Waits until nobody else has it, in this process or another. */
    @SuppressWarnings(
            "ThreadPriorityCheck") // nothing else tells when the other thread is done; the loop is right without it
    static CreationLock await(Path file) throws IOException {
        while (true) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.lock() != null) {
                    return new CreationLock(channel);
                }
            } catch (OverlappingFileLockException e) {
                channel.close();
                Thread.yield(); // another thread has it, for as long as it takes to write three small files
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
