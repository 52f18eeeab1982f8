package io.wherry.cli.output;

import io.wherry.cli.session.Session;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Where a command writes an archive: to standard output, unless that is a terminal, or to a file that has its name when it is whole. */
public abstract sealed class ArchiveOutput {
    /** Writes an archive. */
    public interface Work {
        void write(OutputStream out) throws IOException;
    }

    /** {@return the output; refused if it is a terminal} */
    public static ArchiveOutput of(Session session, String file) {
        if (!file.isEmpty() && !file.equals("-")) {
            return new ToFile(Path.of(file));
        }
        if (session.context().isTerminal(1)) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "An archive is not written to a terminal.",
                    "Name a file with `-o`, or send the output to a file or a program.");
        }
        return new ToStream(session.out());
    }

    /** Writes it. {@return the command's exit code} */
    public abstract int write(Work work);

    private static final class ToStream extends ArchiveOutput {
        private final PrintStream stream;

        ToStream(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        public int write(Work work) {
            try {
                work.write(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        stream.write(bytes, offset, length);
                        if (stream.checkError()) {
                            throw new IOException("nobody reads");
                        }
                    }
                });
                return 0;
            } catch (IOException e) {
                return RawOutput.BROKEN;
            }
        }
    }

    private static final class ToFile extends ArchiveOutput {
        private final Path file;

        ToFile(Path file) {
            this.file = file;
        }

        @Override
        public int write(Work work) {
            boolean special = Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
            Path begun = special
                    ? file // a device, a FIFO, or a link that somebody made on purpose
                    : file.resolveSibling("." + file.getFileName() + ".new-"
                            + ProcessHandle.current().pid());
            try {
                try (OutputStream out = special
                        ? Files.newOutputStream(begun, StandardOpenOption.WRITE)
                        : Files.newOutputStream(begun, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    work.write(out);
                }
                if (!special) {
                    Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
                }
                return 0;
            } catch (IOException e) {
                throw new WherryException(
                        WherryException.Kind.UNAVAILABLE, "Cannot write `" + file + "`: " + e.getMessage() + ".", e);
            } finally {
                if (!special) {
                    remove(begun);
                }
            }
        }

        private static void remove(Path begun) {
            try {
                Files.deleteIfExists(begun);
            } catch (IOException e) {
                // what failed before is what is reported
            }
        }
    }
}
