package io.wherry.cli;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The built program, with a state root and a root filesystem that has busybox and nothing else, all in one temporary folder. */
final class BuiltYard implements AutoCloseable {
    private final Path folder;
    private final Built built;

    /** A yard; its folder's name begins with a word. */
    BuiltYard(String word) {
        Command.requireTool("busybox", "busybox-static");
        try {
            folder = Files.createTempDirectory(Path.of("/tmp"), word + "-").toRealPath();
            Path bin = Files.createDirectories(folder.resolve("rootfs/bin"));
            Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        built = new Built(folder.resolve("root"));
    }

    Path folder() {
        return folder;
    }

    Built built() {
        return built;
    }

    /** {@return the root filesystem with a throw-away layer on it, as `--rootfs` takes it} */
    String throwaway() {
        return folder + "/rootfs:O";
    }

    Command wherry(String... words) {
        return built.wherry(words);
    }

    /** Containers must have been removed before. */
    @Override
    public void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }
}
