package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual machine with another kernel's setup than this host's: Debian's kernel in qemu, without hardware help, with the version 2 tree of control groups alone. It has
 * no JVM, no disk and no network: what it is given is copied into its memory, its script runs, and what that says on the serial console comes back.
 *
 * <p>{@code testkit/guest/init} is its first process and says what a script may use. For one boot and one thread.
 */
public final class Guest {
    private static final String MEMORY = "512";

    private final Path folder;
    private final Path tree;

    /**
     * A machine that is not started yet.
     *
     * @param folder an empty folder, for its files
     */
    public Guest(Path folder) {
        this.folder = folder;
        this.tree = folder.resolve("tree");
        Command.requireTool("qemu-system-x86_64", "qemu-system-x86");
        Command.requireTool("busybox", "busybox-static");
        Path kernel = TestImages.guestKernel();
        try {
            for (String name : List.of("bin", "new", "containers", "tmp")) {
                Files.createDirectories(tree.resolve(name));
            }
            put("init", Payload.source().resolve("testkit/guest/init"));
            put("guest", Payload.GUEST.path());
            put("bin/busybox", Path.of("/bin/busybox"));
            try (DirectoryStream<Path> modules = Files.newDirectoryStream(kernel, "*.ko")) {
                for (Path module : modules) {
                    put(module.getFileName().toString(), module);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file of the host to a path, relative to the root, of the machine; folders on the way are made. */
    public Guest put(String path, Path file) {
        try {
            Files.createDirectories(tree.resolve(path).getParent());
            Files.copy(file, tree.resolve(path), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Writes a file of the machine. */
    public Guest write(String path, String text) {
        try {
            Files.createDirectories(tree.resolve(path).getParent());
            Files.writeString(tree.resolve(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Copies a folder of the host to the same path of the machine. */
    public Guest mirror(Path from) {
        Path to = tree.resolve(from.toString().substring(1));
        try {
            Files.createDirectories(to.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.of("cp", "-a", from.toString(), to.toString()).check();
        return this;
    }

    /**
     * Starts the machine, which runs the script and ends.
     *
     * @param script for busybox's sh, with the functions of {@code testkit/guest/init}
     * @return the lines of the console
     * @throws AssertionError if it does not come to the end of its script in time
     */
    public List<String> run(String script, Duration limit) {
        write("script", script);
        Path archive = folder.resolve("initrd");
        Command.of("sh", "-c", "find . | busybox cpio -o -H newc -R 0:0 >\"$0\"", archive.toString())
                .in(tree)
                .check();
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-accel", "tcg", "-smp", "2", "-m", MEMORY));
        words.addAll(List.of("-nodefaults", "-no-user-config", "-nographic", "-no-reboot", "-serial", "stdio"));
        words.addAll(
                List.of("-kernel", TestImages.guestKernel().resolve("vmlinuz").toString()));
        words.addAll(List.of("-initrd", archive.toString()));
        words.addAll(List.of("-append", "console=ttyS0 quiet panic=-1 rdinit=/init cgroup_no_v1=all"));
        Command.Result result = Command.of(words).timeout(limit).check();
        List<String> lines = new ArrayList<>();
        for (String line : result.lines()) {
            lines.add(line.stripTrailing());
        }
        if (!lines.contains("@guest end")) {
            throw new AssertionError("the guest did not come to its end:\n" + String.join("\n", lines));
        }
        return lines;
    }
}
