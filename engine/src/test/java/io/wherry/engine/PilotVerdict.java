package io.wherry.engine;

import io.wherry.testkit.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pilot's own check of programs, compiled from its sources and asked over pipes. */
final class PilotVerdict implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    /** Compiles into a folder of the test. */
    PilotVerdict(Path folder) {
        Path source = Path.of(System.getProperty("wherry.source", ".."))
                .toAbsolutePath()
                .normalize();
        Command.requireTool("gcc", "gcc");
        Command.of(
                        System.getProperty("java.home") + "/bin/java",
                        source + "/kernel/tables/Generate.java",
                        "c",
                        folder.toString())
                .check();
        try (InputStream main = PilotVerdict.class.getResourceAsStream("verdict.c")) {
            Files.copy(main, folder.resolve("verdict.c"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String binary = folder.resolve("verdict").toString();
        Command.of(
                        "gcc",
                        "-O1",
                        "-D_GNU_SOURCE",
                        "-I" + source + "/pilot",
                        "-I" + folder,
                        source + "/pilot/program.c",
                        source + "/pilot/device_rules.c",
                        source + "/pilot/text.c",
                        folder + "/tables.c",
                        folder + "/verdict.c",
                        "-o",
                        binary)
                .check();
        process = Command.of(binary).start();
        answers = process.inputReader();
    }

    /** {@return {@code ok}, or the instruction and the reason} */
    String of(byte[] program) {
        try {
            OutputStream to = process.getOutputStream();
            to.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(program.length)
                    .array());
            to.write(program);
            to.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("the pilot's check died");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
