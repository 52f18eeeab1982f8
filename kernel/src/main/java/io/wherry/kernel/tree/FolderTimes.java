package io.wherry.kernel.tree;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Times that folders get at the end, in the order in which they came. A hostile archive has any number of them, so what does not fit a
 * fixed room in memory goes to a file.
 */
final class FolderTimes implements AutoCloseable {
    private static final int MEMORY = 2 << 20;

    /** Takes one time. */
    interface Sink {
        void time(String folder, long seconds, int nanos);
    }

    private final Path file;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream(4096);
    private @Nullable OutputStream spilled;
    private DataOutputStream out = new DataOutputStream(memory);

    /** @param file where the rest goes; made when needed, removed by close */
    FolderTimes(Path file) {
        this.file = file;
    }

    void add(String folder, long seconds, int nanos) throws IOException {
        if (spilled == null && memory.size() + folder.length() > MEMORY) {
            spilled = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out = new DataOutputStream(new BufferedOutputStream(spilled, 1 << 16));
        }
        out.writeShort(folder.length());
        out.write(folder.getBytes(StandardCharsets.ISO_8859_1));
        out.writeLong(seconds);
        out.writeInt(nanos);
    }

    /** Hands out all, oldest first; the last word on a folder comes last. */
    void drain(Sink sink) throws IOException {
        out.flush();
        read(new ByteArrayInputStream(memory.toByteArray()), sink);
        if (spilled != null) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                read(in, sink);
            }
        }
    }

    private static void read(InputStream bytes, Sink sink) throws IOException {
        DataInputStream in = new DataInputStream(bytes);
        for (; ; ) {
            int length;
            try {
                length = in.readUnsignedShort();
            } catch (EOFException e) {
                return; // The end of what was written; a record is never cut.
            }
            byte[] folder = in.readNBytes(length);
            sink.time(BytePath.of(folder, 0, folder.length), in.readLong(), in.readInt());
        }
    }

    @Override
    public void close() throws IOException {
        if (spilled != null) {
            spilled.close();
            Files.deleteIfExists(file);
        }
    }
}
