package io.wherry.store.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which boot of the kernel this is: what a volatile record of another boot says is no longer so. */
public final class BootId {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /** {@return the present boot's id, one line without its end} */
    public static String current() {
        try {
            return Files.readString(FILE).strip();
        } catch (IOException e) {
            throw Durable.failure("read", FILE, e);
        }
    }
}
