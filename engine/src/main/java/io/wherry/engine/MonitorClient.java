package io.wherry.engine;

import io.wherry.kernel.launch.FrameType;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A connection to a container's monitor (docs/pilot.md). One request at a time; not for several threads. */
final class MonitorClient implements AutoCloseable {
    /** How long a monitor may take to answer, in milliseconds. */
    static final long PATIENCE_MILLIS = 10_000;

    private static final int VERSION = 1;
    private static final int HEADER = 8;
    private static final int LONGEST_FRAME = 1 << 20;
    private static final int KILL = 9;
    private static final long FOREVER = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final Selector selector;
    private final long patience;

    private MonitorClient(SocketChannel channel, Selector selector, long patience) {
        this.channel = channel;
        this.selector = selector;
        this.patience = patience;
    }

    /** A monitor's answer to a request that it could not fulfil. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int errno;

        Refused(int errno) {
            super("errno " + errno);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    /** A whole frame. */
    private record Frame(int type, ByteBuffer payload) {}

    /**
     * Connects to a monitor. One that only starts, or that somebody has stopped, takes the connection and says nothing.
     *
     * @param patience how many milliseconds longer than it has to an answer may take
     */
    static MonitorClient connect(Path volatileFolder, long patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(volatileFolder.resolve("s")));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            MonitorClient client = new MonitorClient(channel, selector, patience);
            client.send(FrameType.HELLO, VERSION, 0);
            return client;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** {@return a connection that somebody else talks on, blocking, behind the first frames of a client} */
    static SocketChannel open(Path volatileFolder, byte[] greeting) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(volatileFolder.resolve("s")));
            channel.write(ByteBuffer.wrap(greeting)); // a few bytes, which a new connection has room for
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Asks the monitor to stop the container: a signal, then, after a time, the end of everything in it. Waits for the exit.
     *
     * @param milliseconds until everything is killed; -1 for never
     * @throws IOException if there is no exit when that time and the patience are over
     */
    void stop(int signal, int milliseconds) throws IOException {
        send(FrameType.WAIT);
        send(FrameType.STOP, signal, milliseconds);
        awaitExit(milliseconds < 0 ? FOREVER : now() + milliseconds + patience);
    }

    /** Sends a signal to the first process. */
    void signal(int number) throws IOException {
        request(FrameType.SIGNAL, number);
    }

    /** Sends SIGKILL and waits for the end. */
    void kill() throws IOException {
        send(FrameType.WAIT);
        send(FrameType.SIGNAL, KILL);
        awaitExit(now() + patience);
    }

    /** Freezes or thaws all processes; behind it they are. */
    void pause(boolean frozen) throws IOException {
        request(FrameType.PAUSE, frozen ? 1 : 0);
    }

    /** Freezes all processes until {@link #letGo}, or until this process dies; they stay frozen if somebody else wants that. */
    void hold() throws IOException {
        request(FrameType.PAUSE, 2);
    }

    /** Ends the connection, and waits until the monitor has done what follows from that. */
    void letGo() throws IOException {
        channel.shutdownOutput();
        long until = now() + patience;
        while (read(until) != null) {
            // what it still had to say
        }
    }

    /** Says what is to follow the end (docs/program.md, "The monitor block"). */
    void policy(int policy, int most) throws IOException {
        request(FrameType.POLICY, policy, most);
    }

    /** {@return the exit code of the next end, however long that takes; empty if the monitor goes without a word, as one that had told it already} */
    OptionalInt awaitExit() throws IOException {
        send(FrameType.WAIT);
        return awaitExit(FOREVER);
    }

    private OptionalInt awaitExit(long until) throws IOException {
        while (true) {
            Frame frame = read(until);
            if (frame == null) {
                return OptionalInt.empty();
            }
            if (frame.type() == FrameType.EXIT.number()) {
                return OptionalInt.of(frame.payload().getInt(0));
            }
            refuse(frame, FrameType.STOP);
            refuse(frame, FrameType.SIGNAL);
        }
    }

    private void request(FrameType type, int... words) throws IOException {
        send(type, words);
        long until = now() + patience;
        while (true) {
            Frame frame = read(until);
            if (frame == null) {
                throw new IOException("it went away");
            }
            if (refuse(frame, type)) {
                return;
            }
        }
    }

    /** {@return whether a frame is the answer to a request, which was fulfilled} */
    private static boolean refuse(Frame frame, FrameType request) throws Refused {
        if (frame.type() != FrameType.REPLY.number() || frame.payload().getInt(0) != request.number()) {
            return false;
        }
        int errno = frame.payload().getInt(4);
        if (errno != 0) {
            throw new Refused(errno);
        }
        return true;
    }

    private void send(FrameType type, int... words) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + 4 * words.length);
        frame.put((byte) type.number()).putInt(4, 4 * words.length).position(HEADER);
        frame.order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            frame.putInt(word);
        }
        frame.flip();
        while (frame.hasRemaining()) {
            channel.write(frame); // a few bytes: the socket has room for them, or its peer is gone
        }
    }

    /** {@return the next frame, or null when the monitor has gone} */
    private @org.jspecify.annotations.Nullable Frame read(long until) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(header, until)) {
            return null;
        }
        int length = header.getInt(4);
        if (length < 0 || length > LONGEST_FRAME) {
            throw new IOException("it sent a frame of " + length + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        return fill(payload, until) ? new Frame(header.get(0) & 0xFF, payload) : null;
    }

    private boolean fill(ByteBuffer buffer, long until) throws IOException {
        int got = readSome(buffer);
        while (got >= 0 && buffer.hasRemaining()) {
            long left = until == FOREVER ? 0 : until - now();
            if (until != FOREVER && left <= 0) {
                throw new IOException("the monitor does not answer");
            }
            selector.select(left);
            selector.selectedKeys().clear();
            if (Thread.interrupted()) {
                throw new IOException("the wait was interrupted");
            }
            got = readSome(buffer);
        }
        return got >= 0;
    }

    /** A monitor that leaves with something unread resets the connection: then it has gone, as at the end. */
    private int readSome(ByteBuffer buffer) {
        try {
            return channel.read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }

    /** {@return milliseconds of a clock that nobody sets} */
    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
