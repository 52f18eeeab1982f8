package io.wherry.cli;

import io.wherry.engine.ContainerId;
import io.wherry.kernel.launch.FrameType;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.IntSupplier;

/** Makes a container that was created look as if it ran, so that commands that need one that runs can be trained without running any. */
final class PretendedContainer {
    private static final int HEADER = 8;

    private PretendedContainer() {}

    /** {@return what the work returns, or 1 if there is no such container} */
    static int during(Path root, String name, PrintStream err, IntSupplier work) {
        try {
            ContainerId id = new ContainerId(
                    Files.readString(root.resolve("names").resolve(name)).strip());
            Path folder = root.resolve("volatile/c").resolve(id.abbreviated());
            Path intent = root.resolve("containers").resolve(id.text()).resolve("intent");
            Path lock = root.resolve("locks").resolve(id.text());
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            Files.createDirectories(folder);
            Files.writeString(intent, "boot " + boot, StandardCharsets.US_ASCII);
            Files.writeString(
                    folder.resolve("started"), "boot " + boot + "pid 1\nstart 1\n", StandardCharsets.US_ASCII);
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock held = channel.lock();
                    ServerSocketChannel monitor = monitor(folder.resolve("s"))) {
                return held.isValid() && monitor.isOpen() ? work.getAsInt() : 1;
            } finally {
                Files.deleteIfExists(intent);
                Files.deleteIfExists(folder.resolve("started"));
                Files.deleteIfExists(folder.resolve("s"));
            }
        } catch (IOException e) {
            err.println(e);
            return 1;
        }
    }

    /** A socket at which everything that can be asked is answered before it is: done, and ended with 0. */
    private static ServerSocketChannel monitor(Path address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(address));
        Thread answers = new Thread(() -> {
            try {
                while (true) {
                    SocketChannel client = server.accept();
                    client.write(frame(FrameType.HELLO, 1, 0));
                    for (FrameType asked : new FrameType[] {FrameType.STOP, FrameType.SIGNAL, FrameType.PAUSE}) {
                        client.write(frame(FrameType.REPLY, asked.number(), 0));
                    }
                    client.write(frame(FrameType.EXIT, 0, 0, 0, 0, 0, 0));
                }
            } catch (IOException e) {
                // the socket is closed: nobody asks any more
            }
        });
        answers.setDaemon(true);
        answers.start();
        return server;
    }

    private static ByteBuffer frame(FrameType type, int... words) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + 4 * words.length);
        frame.put((byte) type.number())
                .putInt(4, 4 * words.length)
                .position(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            frame.putInt(word);
        }
        return frame.flip();
    }
}
