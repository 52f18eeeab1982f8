package io.wherry.kernel.launch;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The launcher of a JVM that does other things too: a child process that listens on a unix socket, a connection for each job (docs/launcher.md, "For a library").
 *
 * <p>The child is started by the first job, and once more by the next job if it was killed. It ends with this JVM, however that ends, or by {@link #close}; containers do not. Calls block,
 * any number of them at once, on virtual threads without holding a carrier. A thread that is interrupted gives up its connection: a tree's pilot is killed, any other program goes on.
 *
 * <p>Errors are a {@link WherryException}: UNAVAILABLE if the child cannot be started or was lost, INTERRUPTED, FAILED_PRECONDITION behind {@link #close}.
 */
public final class ChildLauncher implements Launcher, AutoCloseable {
    private static final String READY = "ready ";
    private static final int LONGEST_LINE = 256;
    private static final int LONGEST_SOCKET = 90; // a unix address has 108 bytes; the number of a stream follows
    private static final byte ONLY_PAIR = 0;
    private static final byte NO_PAIR = (byte) 255;
    private static final int WHOLE_FRAME = 0;
    private static final int TASK_HEAD = 8;
    private static final int HEADER = 8;

    private final Path binary;
    private final Path parent;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Child child;
    private boolean closed;

    /** The process, and where it listens. */
    private record Child(Process process, Path socket, String caller) {}

    /**
     * A launcher whose child is started when it is needed.
     *
     * @param binary path of the program {@code wherry}
     * @param parent a folder in which the socket's own folder is made; the one for temporary files if its path is too long for an address
     */
    public ChildLauncher(Path binary, Path parent) {
        this.binary = binary.toAbsolutePath();
        this.parent = parent.toAbsolutePath();
    }

    /** {@return the word that stands for the caller (see {@link io.wherry.kernel.host.Caller})} */
    public String caller() {
        return running().caller();
    }

    /**
     * A program that was to become a monitor.
     *
     * @param monitor the connection that is the monitor's first client; absent if it did not get so far
     * @param failure what failed, if that was reported
     */
    public record Start(Optional<SocketChannel> monitor, Optional<Failure> failure) {}

    /**
     * Runs a program that ends in a monitor, and returns once that is there.
     *
     * @param id what the program is about, for nobody but people who look
     * @param greeting frames for the monitor, which has them before the container can say anything
     */
    public Start start(KernelProgram program, String id, byte[] greeting) {
        LaunchSocket socket = connect();
        boolean handedOver = false;
        try {
            byte[] named = id.getBytes(StandardCharsets.UTF_8);
            ByteBuffer head = ByteBuffer.allocate(7 + named.length).order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(0).putShort((short) named.length).put(named).put((byte) 0);
            socket.send(FrameType.PROGRAM, head.array(), program.bytes());
            socket.write(ByteBuffer.wrap(greeting));
            TaskReport report = new TaskReport();
            try {
                while (!report.started() && report.failure().isEmpty()) {
                    report.take(socket.read(), WHOLE_FRAME);
                }
            } catch (EOFException e) {
                return new Start(Optional.empty(), report.failure());
            }
            handedOver = report.started();
            return new Start(handedOver ? Optional.of(socket.channel()) : Optional.empty(), report.failure());
        } catch (IOException e) {
            throw lost(e);
        } finally {
            if (!handedOver) {
                close(socket);
            }
        }
    }

    @Override
    public TaskResult task(KernelProgram program, int strand) {
        try (LaunchSocket socket = connect()) {
            send(socket, numbers.incrementAndGet(), program, strand, NO_PAIR);
            return result(socket, new TaskReport());
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public void detach(KernelProgram program) {
        try (LaunchSocket socket = connect()) {
            send(socket, numbers.incrementAndGet(), program, 0, NO_PAIR);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public TreeTask tree(KernelProgram program) {
        LaunchSocket socket = connect();
        LaunchSocket stream = null;
        try {
            int number = numbers.incrementAndGet();
            send(socket, number, program, 0, ONLY_PAIR);
            TaskReport report = new TaskReport();
            while (!report.started()) {
                byte[] frame = socket.read();
                int type = frame[0] & 0xFF;
                if (type == FrameType.STREAM.number()) {
                    Path path = running().socket();
                    stream = LaunchSocket.connect(path.resolveSibling(path.getFileName() + "." + number));
                } else if (type == FrameType.RESULT.number()) {
                    report.take(frame, TaskReport.IN_RESULT + HEADER);
                } else {
                    throw new IOException("no process for it was to be had");
                }
            }
            if (stream == null) {
                throw new IOException("it began without a stream");
            }
            return new StreamTask(socket, stream, report, number);
        } catch (IOException | RuntimeException e) {
            close(socket);
            if (stream != null) {
                close(stream);
            }
            throw e instanceof RuntimeException runtime ? runtime : lost((IOException) e);
        }
    }

    private static void send(LaunchSocket socket, int number, KernelProgram program, int strand, byte pair)
            throws IOException {
        ByteBuffer head = ByteBuffer.allocate(TASK_HEAD).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(number).put((byte) strand).put(pair).putShort((short) 0);
        socket.send(FrameType.TASK, head.array(), program.bytes());
    }

    private static TaskResult result(LaunchSocket socket, TaskReport report) throws IOException {
        while (true) {
            byte[] frame = socket.read();
            if ((frame[0] & 0xFF) == FrameType.DONE.number()) {
                return report.end(
                        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER + 4));
            }
            report.take(frame, HEADER + TaskReport.IN_RESULT);
        }
    }

    /** A tree task: its job's connection, and its stream's. */
    private static final class StreamTask implements TreeTask {
        private final LaunchSocket socket;
        private final LaunchSocket stream;
        private final TaskReport report;
        private final int number;
        private @Nullable TaskResult result;
        private boolean closed;

        StreamTask(LaunchSocket socket, LaunchSocket stream, TaskReport report, int number) {
            this.socket = socket;
            this.stream = stream;
            this.report = report;
            this.number = number;
        }

        @Override
        public OutputStream operations() {
            return stream.output();
        }

        @Override
        public InputStream replies() {
            return stream.input();
        }

        @Override
        public TaskResult result() {
            TaskResult known = result;
            if (known == null) {
                try {
                    known = ChildLauncher.result(socket, report);
                } catch (IOException e) {
                    throw lost(e);
                }
                result = known;
            }
            return known;
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try (socket;
                    stream) {
                if (result == null) {
                    socket.send(
                            FrameType.CANCEL,
                            ByteBuffer.allocate(4)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .putInt(number)
                                    .array(),
                            new byte[0]);
                    ChildLauncher.result(socket, report);
                }
            } catch (IOException e) {
                // it has gone already, and takes the pilot with it
            }
        }
    }

    private LaunchSocket connect() {
        for (int tries = 0; ; tries++) {
            Child now = running();
            try {
                return LaunchSocket.connect(now.socket());
            } catch (ClosedByInterruptException e) {
                throw lost(e);
            } catch (IOException e) {
                now.process().destroyForcibly(); // it does not listen any more, or its socket was removed
                if (tries > 0) {
                    throw lost(e);
                }
                now.process().onExit().join();
            }
        }
    }

    private Child running() {
        lock.lock();
        try {
            if (closed) {
                throw new WherryException(WherryException.Kind.FAILED_PRECONDITION, "This launcher was closed.");
            }
            Child now = child;
            if (now != null && now.process().isAlive()) {
                return now;
            }
            if (now != null) {
                removeFolder(now.socket());
            }
            child = null;
            Child fresh = begin();
            child = fresh;
            return fresh;
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNAVAILABLE,
                    "The launcher " + binary + " could not be started: " + e.getMessage() + ".",
                    "Name the program `wherry` of this very build, and look whether this user may execute it.",
                    e);
        } finally {
            lock.unlock();
        }
    }

    private Child begin() throws IOException {
        Path socket = folder().resolve("launcher");
        Process process = null;
        boolean listens = false;
        try {
            ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--library", socket.toString());
            builder.directory(new File("/"))
                    .redirectErrorStream(true)
                    .environment()
                    .clear();
            process = builder.start();
            String line;
            try (InputStream said = process.getInputStream()) {
                line = new String(
                        said.readNBytes(LONGEST_LINE),
                        StandardCharsets.UTF_8); // to its end: it closes it when it is ready
            }
            listens = line.startsWith(READY);
            if (!listens) {
                throw new IOException("it said `" + line.strip() + "` and ended");
            }
            return new Child(process, socket, line.substring(READY.length()).strip());
        } finally {
            if (!listens) {
                if (process != null) {
                    process.destroyForcibly();
                }
                removeFolder(socket);
            }
        }
    }

    private Path folder() throws IOException {
        FileAttribute<?> mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        int length =
                parent.resolve("l-0000000000000000000/launcher").toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET) {
            return Files.createTempDirectory("wherry-l-", mine);
        }
        Files.createDirectories(parent, mine);
        return Files.createTempDirectory(parent, "l-", mine);
    }

    private static void removeFolder(Path socket) {
        try {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(Path.of(String.valueOf(socket.getParent())));
        } catch (IOException e) {
            // something of a stream that was lost is in it
        }
    }

    private static WherryException lost(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new WherryException(
                    WherryException.Kind.INTERRUPTED, "The wait for a kernel program was interrupted.", e);
        }
        return new WherryException(
                WherryException.Kind.UNAVAILABLE,
                "The launcher was lost while it ran a kernel program: " + e.getMessage() + ".",
                "The next call starts another one. Containers that run go on.",
                e);
    }

    private static void close(LaunchSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing was to come from it
        }
    }

    /** Ends the child. Jobs that run come to their end by themselves; containers go on. A second time does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            Child now = child;
            child = null;
            if (now == null) {
                return;
            }
            try {
                now.process().getOutputStream().close(); // the end of its input is its own
            } catch (IOException e) {
                now.process().destroyForcibly();
            }
            now.process().onExit().join();
            removeFolder(now.socket());
        } finally {
            lock.unlock();
        }
    }
}
