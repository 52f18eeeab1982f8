package io.wherry.store.tar;

import io.wherry.oci.WherryException;
import io.wherry.testkit.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Any bytes are entries, each with as much data as it has promised, or are refused; no more headers are read than the bytes can hold. */
public final class TarFuzzer {
    private static final int BLOCK = 512;

    private TarFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        return List.of(
                new Tar()
                        .folder("a/", 0755)
                        .pax(Map.of("path", "a/long", "mtime", "1.5", "SCHILY.xattr.user.x", "y"))
                        .file("short", "content")
                        .symlink("a/link", "long")
                        .hardLink("b", "a/long")
                        .device('3', "null", 1, 3)
                        .bytes(),
                new Tar()
                        .extension(
                                'L',
                                "././@LongLink",
                                ("x/".repeat(100) + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .file("cut", "c")
                        .bytes(),
                new Tar()
                        .pax(Map.of(
                                "GNU.sparse.major",
                                "1",
                                "GNU.sparse.minor",
                                "0",
                                "GNU.sparse.name",
                                "s",
                                "GNU.sparse.realsize",
                                "2048"))
                        .file("s", 0644, sparse())
                        .bytes());
    }

    private static byte[] sparse() {
        byte[] map = new byte[BLOCK + 1];
        byte[] text = "1\n1024\n1\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, map, 0, text.length);
        return map;
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        TarReader reader = new TarReader(new ByteArrayInputStream(bytes), 1000);
        try {
            int entries = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                Counting counting = new Counting();
                if (entry.kind() == TarEntry.Kind.FILE) {
                    reader.transfer(counting);
                    require(counting.bytes == entry.size(), "a file has another size than promised");
                }
                require(entry.size() >= 0, "a size is negative");
                require(++entries <= bytes.length / BLOCK, "there are more entries than headers");
            }
            reader.drain();
        } catch (IOException | WherryException e) {
            // refused
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static final class Counting implements TarReader.DataSink {
        private long bytes;

        @Override
        public void data(byte[] buffer, int offset, int length) {
            bytes += length;
        }

        @Override
        public void hole(long length) {
            require(length >= 0, "a hole is negative");
            bytes += length;
        }
    }
}
