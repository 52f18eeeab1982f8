package io.wherry.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * The folder of a process in {@code /proc}, held open: what is read through it is of this process and never of another one that got its number later, since the kernel binds an open
 * folder to the process. Not for several threads.
 */
final class ProcessFolder implements AutoCloseable {
    private static final int LIMIT = 1 << 20;

    private final SecureDirectoryStream<Path> folder;

    private ProcessFolder(SecureDirectoryStream<Path> folder) {
        this.folder = folder;
    }

    /** {@return the folder of whoever has this number now; empty if nobody has} */
    @SuppressWarnings("StreamResourceLeak") // it is what this object holds
    static Optional<ProcessFolder> open(long pid) {
        try {
            DirectoryStream<Path> stream = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid)));
            if (stream instanceof SecureDirectoryStream<Path> secure) {
                return Optional.of(new ProcessFolder(secure));
            }
            stream.close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * {@return the folder of a process that was written down; empty if it has ended, whoever has its number now}
     *
     * @param start when it started, as {@link ProcessStat#start}
     */
    static Optional<ProcessFolder> open(long pid, long start) {
        Optional<ProcessFolder> found = open(pid);
        if (found.isPresent() && !found.get().startedAt(start)) {
            found.get().close();
            return Optional.empty();
        }
        return found;
    }

    private boolean startedAt(long start) {
        Optional<ProcessStat> stat = stat();
        return stat.isPresent() && stat.get().start() == start;
    }

    /** {@return the process's own line; empty if it has ended} */
    Optional<ProcessStat> stat() {
        return text("stat").map(ProcessStat::parse);
    }

    /** {@return the beginning of a file, at most 1 MiB; empty if the process has ended or this caller may not read it} */
    Optional<String> text(String name) {
        try (SeekableByteChannel channel = folder.newByteChannel(Path.of(name), Set.of(StandardOpenOption.READ))) {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            while (channel.read(bytes) >= 0) {
                if (!bytes.hasRemaining()) {
                    if (bytes.capacity() >= LIMIT) {
                        break;
                    }
                    bytes = ByteBuffer.allocate(4 * bytes.capacity()).put(bytes.flip());
                }
            }
            return Optional.of(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            folder.close();
        } catch (IOException e) {
            // nothing was written through it
        }
    }
}
