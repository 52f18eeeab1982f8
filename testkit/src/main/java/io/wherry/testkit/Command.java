package io.wherry.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A program to run, with its input, environment and time-out. Immutable: each {@code with} gives another one. Input, unless given, is empty.
 *
 * <p>A run that lasts longer than its time-out (60 s unless set) is killed with all its descendants and fails the test; so does one
 * that ended while something else still holds its output open, since that is a process nobody waits for, and one that writes more than 64 MiB.
 */
public final class Command {
    private static final long MOST_OUTPUT = 64L << 20;
    private static final Duration HELD_OUTPUT = Duration.ofSeconds(3);

    private final List<String> words;
    private final Map<String, String> environment;
    private final Optional<Path> folder;
    private final byte[] input;
    private final Duration timeout;

    private Command(
            List<String> words,
            Map<String, String> environment,
            Optional<Path> folder,
            byte[] input,
            Duration timeout) {
        this.words = List.copyOf(words);
        this.environment = Map.copyOf(environment);
        this.folder = folder;
        this.input = input;
        this.timeout = timeout;
    }

    public static Command of(String... words) {
        return of(List.of(words));
    }

    public static Command of(List<String> words) {
        return new Command(words, Map.of(), Optional.empty(), new byte[0], Duration.ofSeconds(60));
    }

    /** {@return this command under another program, such as {@code strace} or {@code unshare}, that takes it as its last arguments} */
    public Command under(String... wrapper) {
        List<String> all = new ArrayList<>(List.of(wrapper));
        all.addAll(words);
        return new Command(all, environment, folder, input, timeout);
    }

    /** {@return this command with a variable added to the test's own environment} */
    public Command with(String variable, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new Command(words, more, folder, input, timeout);
    }

    public Command in(Path workingFolder) {
        return new Command(words, environment, Optional.of(workingFolder), input, timeout);
    }

    public Command input(byte[] bytes) {
        return new Command(words, environment, folder, bytes.clone(), timeout);
    }

    public Command input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Command timeout(Duration limit) {
        return new Command(words, environment, folder, input, limit);
    }

    /** {@return the words of the command line} */
    public List<String> words() {
        return words;
    }

    /** Fails the test if a program is not there, saying which Debian package brings it. */
    public static void requireTool(String program, String debianPackage) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return;
            }
        }
        throw new AssertionError("`%s` is not installed: apt-get install %s".formatted(program, debianPackage));
    }

    /** Starts the program for a test that talks to it or kills it; the caller waits for it. Its output goes to pipes. */
    public Process start() {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        folder.ifPresent(path -> builder.directory(path.toFile()));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AssertionError("cannot start " + this + ": " + e.getMessage(), e);
        }
    }

    /** Runs to the end. {@return how it ended, whatever the exit code} */
    public Result run() {
        long begin = System.nanoTime();
        Process process = start();
        OutputPipes pipes = new OutputPipes(process);
        Capture out = new Capture(process.getInputStream());
        Capture err = new Capture(process.getErrorStream());
        Thread.ofVirtual().start(() -> feed(process));
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
                throw new AssertionError("%s did not end within %s; stdout so far:\n%s\nstderr so far:\n%s"
                        .formatted(this, timeout, out.text(), err.text()));
            }
            Optional<String> holder = pipes.holderAfter(HELD_OUTPUT);
            if (holder.isPresent()) {
                throw new AssertionError("%s ended with %d, but %s keeps its output open; stdout:\n%s\nstderr:\n%s"
                        .formatted(this, process.exitValue(), holder.get(), out.text(), err.text()));
            }
            out.end();
            err.end();
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + this, e);
        }
        return new Result(
                toString(), process.exitValue(), out.bytes(), err.bytes(), Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Runs to the end and fails the test, with all output, if the exit code is not 0. */
    public Result check() {
        Result result = run();
        if (result.exit() != 0) {
            throw new AssertionError(result.toString());
        }
        return result;
    }

    @Override
    public String toString() {
        return "`" + String.join(" ", words) + "`";
    }

    private void feed(Process process) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(input);
        } catch (IOException closed) {
            // The program may end without reading; its exit code says what that means.
        }
    }

    private static void kill(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** How a program ended. */
    public static final class Result {
        private final String command;
        private final int exit;
        private final byte[] out;
        private final byte[] err;
        private final Duration time;

        private Result(String command, int exit, byte[] out, byte[] err, Duration time) {
            this.command = command;
            this.exit = exit;
            this.out = out;
            this.err = err;
            this.time = time;
        }

        /** {@return the exit code; 128 + n if signal n ended the program} */
        public int exit() {
            return exit;
        }

        public byte[] outBytes() {
            return out.clone();
        }

        /** {@return what it wrote to its standard output} */
        public String out() {
            return new String(out, StandardCharsets.UTF_8);
        }

        /** {@return what it wrote to its standard error} */
        public String err() {
            return new String(err, StandardCharsets.UTF_8);
        }

        /** {@return the standard output, line by line} */
        public List<String> lines() {
            return out().lines().toList();
        }

        /** {@return from start to end} */
        public Duration time() {
            return time;
        }

        @Override
        public String toString() {
            return "%s ended with %d; stdout:\n%s\nstderr:\n%s".formatted(command, exit, out(), err());
        }
    }

    /** Reads a stream to its end on a thread of its own. */
    private static final class Capture {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Capture(InputStream from) {
            reader = Thread.ofVirtual().start(() -> read(from));
        }

        private void read(InputStream from) {
            byte[] buffer = new byte[8192];
            try {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    bytes.write(buffer, 0, n);
                    if (bytes.size() > MOST_OUTPUT) {
                        return; // the program now blocks, and its time runs out
                    }
                }
            } catch (IOException closed) {
                // Killed; what came until then counts.
            }
        }

        /** Waits until all that was written has been read. */
        void end() throws InterruptedException {
            reader.join(HELD_OUTPUT);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
