package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** The static programs of {@code testkit/payload}, built when first asked for or when a source is newer. Their sources say what they do. */
public enum Payload {
    /** Says what the container is; the program of the embedded image. */
    HELLO,
    /** Runs a program and fails with 99 if it leaves a descendant behind. */
    SUBREAPER,
    /** Runs a program on a terminal of its own; see {@link Terminal}. */
    PTY,
    /** What the script of a {@link Guest} needs. */
    GUEST,
    /** A containerd shim that does what its name says: answers nothing, answers garbage, and so on. */
    SHIM,
    /** Prints all that a container's first process is, sees and may do; with a word it does one thing instead. */
    PROBE;

    /** {@return the program's absolute path, below {@code target/payload} of the repository; executable by everybody} */
    public synchronized Path path() {
        Path folder = source().resolve("target/payload");
        Path program = folder.resolve(programName());
        if (!isFresh(program)) {
            build(folder, program);
        }
        return program;
    }

    private String programName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The repository, given by the build; else the nearest folder above the current one that has the payloads. */
    static Path source() {
        String given = System.getProperty("wherry.source");
        for (Path at = Path.of(given == null ? "" : given).toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("testkit/payload/build.sh"))) {
                return at;
            }
        }
        throw new AssertionError(
                "no testkit/payload/build.sh in or above " + given + "; set -Dwherry.source to the repository");
    }

    private boolean isFresh(Path program) {
        try {
            if (!Files.isExecutable(program)) {
                return false;
            }
            for (Path file : Proc.list(source().resolve("testkit/payload"))) {
                boolean mine = file.getFileName().toString().startsWith(programName());
                if (mine && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(program)) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests of several modules may come here at once, each in a JVM of its own. */
    private void build(Path folder, Path program) {
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !isFresh(program)) {
                    String script = source().resolve("testkit/payload/build.sh").toString();
                    Command.of(List.of(script, folder.toString(), programName()))
                            .check();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
