package io.wherry.cli;

import io.wherry.engine.ContainerId;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.IntSupplier;

/** Makes a container that was created look as if it ran, so that commands that need one that runs can be trained without running any. */
final class PretendedContainer {
    private PretendedContainer() {}

    /** {@return what the work returns, or 1 if there is no such container} */
    static int during(Path root, String name, PrintStream err, IntSupplier work) {
        try {
            ContainerId id = new ContainerId(
                    Files.readString(root.resolve("names").resolve(name)).strip());
            Path folder = root.resolve("volatile/c").resolve(id.abbreviated());
            Path lock = root.resolve("locks").resolve(id.text());
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve("started"), "boot " + boot + "pid 1\nstart 1\n", StandardCharsets.US_ASCII);
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                return held.isValid() ? work.getAsInt() : 1;
            } finally {
                Files.delete(folder.resolve("started"));
            }
        } catch (IOException e) {
            err.println(e);
            return 1;
        }
    }
}
