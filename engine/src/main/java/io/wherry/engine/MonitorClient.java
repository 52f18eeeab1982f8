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

/** A connection to a container's monitor (docs/monitor.md). One request at a time; not for several threads. */
final class MonitorClient implements AutoCloseable {
    private static final int VERSION = 1;
    private static final int HEADER = 8;

    private final SocketChannel channel;
    private final long patience;
    private long patientUntil;

    private MonitorClient(SocketChannel channel, long patience) {
        this.channel = channel;
        this.patience = patience;
    }

    /**
     * Connects to a monitor. One that only starts, or that somebody has stopped, takes the connection and says nothing.
     *
     * @param patience how many milliseconds longer than it has to an answer may take
     */
    static MonitorClient connect(Path volatileFolder, long patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(volatileFolder.resolve("s")));
        MonitorClient client = new MonitorClient(channel, patience);
        client.send(FrameType.HELLO, VERSION, 0);
        return client;
    }

    /**
     * Asks the monitor to stop the container: a signal, then, after a time, the end of everything in it. Waits for the exit.
     *
     * @throws IOException if there is no exit when that time and the patience are over
     */
    void stop(int signal, int milliseconds) throws IOException {
        send(FrameType.STOP, signal, milliseconds);
        send(FrameType.WAIT);
        channel.configureBlocking(false);
        patientUntil = System.currentTimeMillis() + milliseconds + patience;
        while (read() != FrameType.EXIT.number()) {
            // replies to what was asked, and output that nobody wants here
        }
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
            channel.write(frame);
        }
    }

    /** {@return the type of the next frame, or that of EXIT when the monitor has gone} */
    private int read() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(header)) {
            return FrameType.EXIT.number();
        }
        int type = header.get(0) & 0xFF;
        ByteBuffer payload = ByteBuffer.allocate(Math.min(header.getInt(4), 1 << 20));
        return fill(payload) ? type : FrameType.EXIT.number();
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            int got = channel.read(buffer);
            while (got >= 0 && buffer.hasRemaining()) {
                long left = patientUntil - System.currentTimeMillis();
                if (left <= 0) {
                    throw new IOException("the monitor does not answer");
                }
                selector.select(left);
                selector.selectedKeys().clear();
                got = channel.read(buffer);
            }
            return got >= 0;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
