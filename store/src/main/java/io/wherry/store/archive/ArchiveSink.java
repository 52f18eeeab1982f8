package io.wherry.store.archive;

import io.wherry.store.tar.SparseMap;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Takes the files of an archive, one after the other: names, sizes and bytes, and nothing that depends on who writes them, or when. */
sealed interface ArchiveSink {
    /** A folder; what is in it follows. */
    void folder(String path) throws IOException;

    /** A file; the stream has exactly so many bytes, or fails. */
    void file(String path, long size, InputStream content) throws IOException;

    /** The end. */
    void finish() throws IOException;

    default void file(String path, byte[] content) throws IOException {
        file(path, content.length, new ByteArrayInputStream(content));
    }

    /** In a tar. */
    final class InTar implements ArchiveSink {
        private static final int CAPACITY = 256 << 10;

        private final TarWriter tar;
        private final byte[] buffer = new byte[CAPACITY];

        InTar(OutputStream out) {
            this.tar = new TarWriter(out, TarWriter.Times.SECONDS);
        }

        @Override
        public void folder(String path) throws IOException {
            tar.put(entry(TarEntry.Kind.FOLDER, path, 0755, 0));
        }

        @Override
        public void file(String path, long size, InputStream content) throws IOException {
            tar.put(entry(TarEntry.Kind.FILE, path, 0644, size));
            for (int got = content.read(buffer); got >= 0; got = content.read(buffer)) {
                tar.data(buffer, 0, got);
            }
        }

        @Override
        public void finish() throws IOException {
            tar.finish();
        }

        private static TarEntry entry(TarEntry.Kind kind, String path, int mode, long size) {
            return new TarEntry(kind, path, "", mode, 0, 0, size, 0, 0, 0, 0, List.of(), SparseMap.NONE);
        }
    }

    /** In a folder that is there and empty. */
    record InFolder(Path root) implements ArchiveSink {
        @Override
        public void folder(String path) throws IOException {
            Files.createDirectory(root.resolve(path));
        }

        @Override
        public void file(String path, long size, InputStream content) throws IOException {
            try (OutputStream out = Files.newOutputStream(root.resolve(path), StandardOpenOption.CREATE_NEW)) {
                content.transferTo(out);
            }
        }

        @Override
        public void finish() {
            // Each file is closed.
        }
    }
}
