package io.wherry.kernel.launch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** One connection to a launcher that listens: frames out, frames in. Blocking; for one thread that reads and one that writes. */
final class LaunchSocket implements AutoCloseable {
    private static final int HEADER = 8;
    private static final int LONGEST_FRAME = (1 << 20) + 1024;

    private final SocketChannel channel;

    private LaunchSocket(SocketChannel channel) {
        this.channel = channel;
    }

    static LaunchSocket connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new LaunchSocket(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    SocketChannel channel() {
        return channel;
    }

    void send(FrameType type, byte[] head, byte[] body) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + head.length + body.length);
        frame.put((byte) type.number()).position(4).putInt(head.length + body.length);
        write(frame.put(head).put(body).flip());
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * {@return the next frame, header first}
     *
     * @throws EOFException if the other end has gone
     */
    byte[] read() throws IOException {
        ByteBuffer header = fill(ByteBuffer.allocate(HEADER));
        int length = header.getInt(4);
        if (length < 0 || length > LONGEST_FRAME) {
            throw new IOException("it sent a frame of " + length + " bytes");
        }
        byte[] frame = new byte[HEADER + length];
        header.get(0, frame, 0, HEADER);
        fill(ByteBuffer.wrap(frame, HEADER, length));
        return frame;
    }

    private ByteBuffer fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (read(buffer) < 0) {
                throw new EOFException("it ended");
            }
        }
        return buffer;
    }

    /** Who goes with something unread resets the connection: behind what was still said that is the end as well. */
    private int read(ByteBuffer buffer) throws IOException {
        try {
            return channel.read(buffer);
        } catch (SocketException e) {
            return -1;
        }
    }

    /** {@return the bytes that come, without frames} */
    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return length == 0 ? 0 : LaunchSocket.this.read(ByteBuffer.wrap(to, offset, length));
            }
        };
    }

    /** {@return where bytes go, without frames} */
    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                LaunchSocket.this.write(ByteBuffer.wrap(from, offset, length));
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
