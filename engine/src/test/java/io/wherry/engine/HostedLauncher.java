package io.wherry.engine;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.FrameType;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.KernelProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The built binary as an engine's launcher: each job is a {@code wherry} of its own, whose JVM is a script that hands frames between the launcher's pipes
 * and this test. So the launcher, the sealed copy, the pilot and the monitor are those that users run.
 */
final class HostedLauncher implements CommandLauncher {
    private static final int HEADER = 8;
    private static final int FAILURE = 128;
    private static final String STAND_IN = """
            #!/bin/sh
            # Stands in for the JVM: stdin goes to the launcher as requests, its replies go to stdout. Each has one end alone, so that the launcher sees when one is gone.
            cat <&4 3>&- &
            exec cat >&3 4<&-
            """;

    private final Path wherry;
    private final List<Start> starts = new ArrayList<>();
    private UnaryOperator<KernelProgram> amendment = program -> program;

    /** A launcher with its files in a folder of the test. */
    HostedLauncher(Path folder) {
        Path built = Path.of(System.getProperty("wherry.source", ".."), "dist/bin/wherry");
        wherry = folder.resolve("bin/wherry");
        Path java = folder.resolve("java/bin/java");
        try {
            Files.createDirectories(folder.resolve("bin"));
            Files.createDirectories(folder.resolve("lib"));
            Files.createDirectories(folder.resolve("java/bin"));
            Files.copy(built, wherry);
            Files.writeString(folder.resolve("lib/java-home"), folder.resolve("java") + "\n");
            Files.writeString(java, STAND_IN);
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException("is everything built? ./build makes " + built, e);
        }
    }

    /** From now on containers' programs are handed over as this changes them: with a test switch, for instance. */
    void amend(UnaryOperator<KernelProgram> change) {
        amendment = change;
    }

    /** {@return the start that was asked for last} */
    Start last() {
        return starts.getLast();
    }

    /** Starts the container in the background; {@link #last} gives its launcher. Unlike the contract says, this returns. */
    @Override
    public void launch(KernelProgram program, String id, int flags, String detachKeys) {
        Start start = new Start(id);
        starts.add(start);
        start.send(
                FrameType.PROGRAM,
                lastWord(flags, id, detachKeys),
                amendment.apply(program).bytes());
    }

    /** Attaches in the background; {@link #last} gives the launcher. */
    @Override
    public void attach(Path socket, int flags, String detachKeys) {
        Start start = new Start("");
        starts.add(start);
        start.send(FrameType.ATTACH_TO, lastWord(flags, socket.toString(), detachKeys));
    }

    private static byte[] lastWord(int flags, String name, String detachKeys) {
        byte[] named = name.getBytes(StandardCharsets.UTF_8);
        byte[] keys = detachKeys.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(7 + named.length + keys.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(flags)
                .putShort((short) named.length)
                .put(named)
                .put((byte) keys.length)
                .put(keys)
                .array();
    }

    @Override
    public void leave(int code) {
        throw new UnsupportedOperationException("a library does not leave");
    }

    @Override
    public TaskResult task(KernelProgram program, int strand) {
        byte[] head = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .put((byte) strand)
                .put((byte) 255)
                .putShort((short) 0)
                .array();
        Process process = start();
        try (OutputStream requests = process.getOutputStream();
                InputStream replies = process.getInputStream()) {
            requests.write(frame(FrameType.TASK, head, program.bytes()));
            requests.flush();
            TaskResult result = result(replies);
            requests.write(frame(FrameType.LEAVE, new byte[4]));
            requests.flush();
            process.waitFor();
            return result;
        } catch (IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void detach(KernelProgram program) {
        throw new UnsupportedOperationException("no test of the engine proves layers");
    }

    @Override
    public TreeTask tree(KernelProgram program) {
        throw new UnsupportedOperationException("no test of the engine writes trees");
    }

    private Process start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(wherry.toString(), "test");
            builder.environment().keySet().retainAll(List.of("PATH"));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] frame(FrameType type, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.put((byte) type.number()).position(4).putInt(length);
        for (byte[] part : parts) {
            frame.put(part);
        }
        return frame.array();
    }

    private static TaskResult result(InputStream replies) throws IOException {
        Failure failure = null;
        List<TaskResult.Note> notes = new ArrayList<>();
        List<TaskResult.Data> data = new ArrayList<>();
        while (true) {
            byte[] header = replies.readNBytes(HEADER);
            if (header.length < HEADER) {
                throw new IOException("the launcher ended while a task ran");
            }
            byte[] payload = replies.readNBytes(ByteBuffer.wrap(header).getInt(4));
            ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
            if (header[0] == FrameType.DONE.number()) {
                return new TaskResult(fields.getInt(4), Optional.ofNullable(failure), notes, data);
            }
            fields.position(4 + HEADER);
            int inner = payload[4];
            if (inner == FrameType.FAILED.number()) {
                failure = Failure.parse(Arrays.copyOfRange(payload, 4 + HEADER, 4 + HEADER + FAILURE));
            } else if (inner == FrameType.NOTE.number()) {
                notes.add(new TaskResult.Note(fields.getInt(), fields.getInt()));
            } else if (inner == FrameType.DATA.number()) {
                data.add(new TaskResult.Data(
                        fields.getInt(), Arrays.copyOfRange(payload, 4 + HEADER + 4, payload.length)));
            }
        }
    }

    /** One start of a container, and the launcher that makes it. */
    final class Start {
        private final String id;
        private final Process process = HostedLauncher.this.start();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final Thread outReader = collect(process.getInputStream(), out);
        private final Thread errReader = collect(process.getErrorStream(), err);

        Start(String id) {
            this.id = id;
        }

        private static Thread collect(InputStream from, ByteArrayOutputStream to) {
            return Thread.ofVirtual().start(() -> {
                try {
                    from.transferTo(to);
                } catch (IOException e) {
                    // the launcher was killed; what came until then counts
                }
            });
        }

        private void send(FrameType type, byte[]... parts) {
            try {
                process.getOutputStream().write(frame(type, parts));
                process.getOutputStream().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@return the container's id} */
        String id() {
            return id;
        }

        /** {@return the launcher} */
        Process process() {
            return process;
        }

        /** {@return the exit code, unless the launcher asks for a report first: then that} */
        Outcome await() {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            try {
                while (System.nanoTime() - end < 0) {
                    Optional<Failure> failure = failure();
                    if (failure.isPresent()) {
                        return new Outcome(-1, failure);
                    }
                    if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
                        outReader.join(2000);
                        errReader.join(2000);
                        return new Outcome(process.exitValue(), failure());
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new AssertionError("the start of " + id + " neither ended nor failed within 30 s");
        }

        /** Output of a container never begins like this frame. */
        private Optional<Failure> failure() {
            byte[] bytes = out.toByteArray();
            boolean whole = bytes.length >= HEADER + FAILURE && bytes[0] == FrameType.FAILED.number() && bytes[1] == 0;
            return whole
                    ? Optional.of(Failure.parse(Arrays.copyOfRange(bytes, HEADER, HEADER + FAILURE)))
                    : Optional.empty();
        }

        /** Ends a launcher that asked for a report. */
        int leave(int code) {
            send(
                    FrameType.LEAVE,
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(code)
                            .array());
            try {
                if (process.waitFor(30, TimeUnit.SECONDS)) {
                    return process.exitValue();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new AssertionError("the launcher of " + id + " did not end within 30 s behind the last word");
        }

        /** Kills the launcher alone. */
        void kill() {
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }
    }

    /**
     * How a start ended.
     *
     * @param code the launcher's exit code, -1 if it still waits for the report
     * @param failure what the pilot reported
     */
    record Outcome(int code, Optional<Failure> failure) {}
}
