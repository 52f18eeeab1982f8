package io.wherry.engine;

import io.wherry.kernel.launch.FrameType;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A connection to a container's monitor (docs/monitor.md). One request at a time; not for several threads. */
final class MonitorClient implements AutoCloseable {
    private static final int VERSION = 1;
    private static final int HEADER = 8;

    private final SocketChannel channel;

    private MonitorClient(SocketChannel channel) {
        this.channel = channel;
    }

    static MonitorClient connect(Path volatileFolder) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(volatileFolder.resolve("s")));
        MonitorClient client = new MonitorClient(channel);
        client.send(FrameType.HELLO, VERSION, 0);
        return client;
    }

    /** Asks the monitor to stop the container: a signal, then, after a time, the end of everything in it. Waits for the exit. */
    void stop(int signal, int milliseconds) throws IOException {
        send(FrameType.STOP, signal, milliseconds);
        send(FrameType.WAIT);
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
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
