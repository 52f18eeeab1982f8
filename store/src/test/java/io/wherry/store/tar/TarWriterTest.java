package io.wherry.store.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.Xattr;
import io.wherry.oci.WherryException;
import io.wherry.store.tar.TarEntry.Kind;
import io.wherry.testkit.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("user")
class TarWriterTest {
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, 1_700_000_000L, 0);
    private static final long BIG = (9L << 30) + 5;

    @TempDir
    Path folder;

    /** What ustar can say, and what only pax can, of each kind. */
    private static List<TarEntry> entries() {
        String deep = "d".repeat(90) + "/" + "e".repeat(90);
        Xattr capability = new Xattr("security.capability", new byte[] {1, 0, 0, 2, '\n', '=', 0, -1});
        return List.of(
                folder("", new Attributes(0755, 0, 0, 0, 0)),
                folder("bin", new Attributes(01777, 1000, 100, 1, 0)),
                file("bin/sh", 3, new Attributes(06755, 0, 42, 1_700_000_000L, 0), List.of(capability)),
                file("a name\nof lines", 0, PLAIN, List.of()),
                file("caf\u00e9".replace("\u00e9", BytePath.of("é")), 1, PLAIN, List.of()),
                file("\u00ff\u0080", 513, PLAIN, List.of()),
                file("n".repeat(100), 512, PLAIN, List.of()),
                file("n".repeat(101), 1, PLAIN, List.of()),
                folder(deep, PLAIN),
                file(deep + "/" + "f".repeat(255), 2, PLAIN, List.of()),
                file("p".repeat(155) + "/" + "q".repeat(100), 2, PLAIN, List.of()),
                TarEntry.of(Kind.SYMLINK, "link", "t".repeat(101), PLAIN, 0, 0, 0, List.of()),
                TarEntry.of(Kind.SYMLINK, "short", "/etc/../x", PLAIN, 0, 0, 0, List.of()),
                TarEntry.of(Kind.LINK, "again", "bin/sh", PLAIN, 0, 0, 0, List.of()),
                TarEntry.of(Kind.FIFO, "fifo", "", PLAIN, 0, 0, 0, List.of()),
                TarEntry.of(Kind.CHARACTER, "null", "", PLAIN, 0, 1, 3, List.of()),
                TarEntry.of(Kind.BLOCK, "disk", "", PLAIN, 0, 4095, (1 << 20) - 1, List.of()),
                file("ids", 0, new Attributes(0600, -2, 1 << 21, 0, 0), List.of()),
                file("old", 0, new Attributes(0600, 0, 0, -2, 0), List.of()),
                file("later", 0, new Attributes(0600, 0, 0, 1L << 34, 0), List.of()),
                file("xattrs", 0, PLAIN, List.of(new Xattr("user.b", new byte[0]), new Xattr("user.a", new byte[90]))));
    }

    private static TarEntry folder(String path, Attributes attributes) {
        return TarEntry.of(Kind.FOLDER, path, "", attributes, 0, 0, 0, List.of());
    }

    private static TarEntry file(String path, long size, Attributes attributes, List<Xattr> xattrs) {
        return TarEntry.of(Kind.FILE, path, "", attributes, size, 0, 0, xattrs);
    }

    private static byte[] archive(List<TarEntry> entries, TarWriter.Times times) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarWriter out = new TarWriter(bytes, times);
        for (TarEntry entry : entries) {
            out.put(entry);
            for (int i = 0; i < entry.size(); i++) {
                out.data(new byte[] {(byte) ('a' + i % 26)}, 0, 1);
            }
        }
        out.finish();
        return bytes.toByteArray();
    }

    /** {@return one line an entry, as both sides can tell it} */
    private static String line(TarEntry entry) {
        StringBuilder line = new StringBuilder();
        boolean bare = entry.kind() == Kind.FOLDER && !entry.path().endsWith("/");
        String path = bare ? (entry.path().isEmpty() ? "./" : entry.path() + "/") : entry.path();
        line.append(entry.kind()).append(' ').append(hex(path)).append(' ').append(hex(entry.link()));
        line.append(' ').append(Integer.toOctalString(entry.mode())).append(' ').append(entry.uid());
        line.append(' ')
                .append(entry.gid())
                .append(' ')
                .append(entry.size())
                .append(' ')
                .append(entry.seconds());
        line.append('.')
                .append(entry.nanos())
                .append(' ')
                .append(entry.major())
                .append(' ')
                .append(entry.minor());
        List<String> xattrs = new ArrayList<>();
        entry.xattrs().forEach(x -> xattrs.add(x.name() + "=" + HexFormat.of().formatHex(x.value())));
        xattrs.sort(null);
        return line.append(' ').append(xattrs).toString();
    }

    private static String hex(String path) {
        return HexFormat.of().formatHex(path.getBytes(ISO_8859_1));
    }

    private static List<String> read(byte[] archive) throws IOException {
        List<String> lines = new ArrayList<>();
        TarReader reader = new TarReader(new ByteArrayInputStream(archive), 1000);
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            lines.add(line(entry));
        }
        return lines;
    }

    @Test
    void whatIsWrittenIsReadBackEqual() throws IOException {
        byte[] archive = archive(entries(), TarWriter.Times.SECONDS);
        assertEquals(
                String.join("\n", entries().stream().map(TarWriterTest::line).toList()),
                String.join("\n", read(archive)));
        TarReader reader = new TarReader(new ByteArrayInputStream(archive), 1000);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            if (entry.size() == 513) {
                reader.transfer(new TarReader.DataSink() {
                    @Override
                    public void data(byte[] bytes, int offset, int length) {
                        data.write(bytes, offset, length);
                    }

                    @Override
                    public void hole(long length) {
                        throw new AssertionError("a hole");
                    }
                });
            }
        }
        assertTrue(data.toString(UTF_8).startsWith("abcdefghijklmnopqrstuvwxyzabc"), data.toString(UTF_8));
        assertEquals(513, data.size());
    }

    @Test
    void equalEntriesGiveEqualBytesWhateverTheOrderOfXattrs() throws IOException {
        byte[] first = archive(entries(), TarWriter.Times.SECONDS);
        List<TarEntry> swapped = new ArrayList<>(entries());
        TarEntry last = swapped.removeLast();
        swapped.add(file(last.path(), 0, PLAIN, last.xattrs().reversed()));
        assertArrayEquals(first, archive(swapped, TarWriter.Times.SECONDS));
        assertEquals(0, first.length % 512);
    }

    @Test
    void fractionsOfSecondsAreWrittenIfAskedFor() throws IOException {
        for (long seconds : new long[] {5, 0, -1, -5}) {
            TarEntry entry = file("f", 0, new Attributes(0644, 0, 0, seconds, 120_000_001), List.of());
            assertEquals(List.of(line(entry)), read(archive(List.of(entry), TarWriter.Times.NANOS)));
            TarEntry whole = file("f", 0, new Attributes(0644, 0, 0, seconds, 0), List.of());
            assertEquals(List.of(line(whole)), read(archive(List.of(entry), TarWriter.Times.SECONDS)));
        }
        byte[] plain = archive(List.of(file("f", 0, PLAIN, List.of())), TarWriter.Times.NANOS);
        assertEquals(3 * 512, plain.length, "a pax header without need");
    }

    @Test
    void otherToolsReadIt() throws IOException {
        Path file = folder.resolve("a.tar");
        Files.write(file, archive(entries(), TarWriter.Times.SECONDS));
        String[] listed = Command.of(
                        "tar", "--quoting-style=escape", "--numeric-owner", "--utc", "-tvf", file.toString())
                .check()
                .out()
                .split("\n");
        assertEquals(entries().size(), listed.length, String.join("\n", listed));
        assertTrue(listed[2].startsWith("-rwsr-sr-x 0/42") && listed[2].endsWith(" bin/sh"), listed[2]);
        assertTrue(listed[3].endsWith(" a name\\nof lines"), listed[3]);
        assertTrue(listed[10].endsWith("p".repeat(155) + "/" + "q".repeat(100)), listed[10]);
        assertTrue(listed[16].contains("4095,1048575"), listed[16]);
        assertTrue(listed[17].contains("4294967294/2097152"), listed[17]);
        assertTrue(listed[18].contains("1969-12-31 23:59"), listed[18]);
        String python =
                Command.of("python3", "-c", """
                        import tarfile, sys
                        for m in tarfile.open(sys.argv[1], errors='surrogateescape'):
                            h = lambda t: t.encode('utf-8', 'surrogateescape').hex()
                            print(h(m.name), h(m.linkname), oct(m.mode)[2:], m.uid, m.gid, m.size, int(m.mtime), m.devmajor, m.devminor)
                        """, file.toString()).check().out();
        List<String> expected = new ArrayList<>();
        for (TarEntry e : entries()) {
            String path = e.path().isEmpty() ? "." : e.path();
            expected.add(String.join(
                    " ",
                    List.of(
                            hex(path),
                            hex(e.link()),
                            Integer.toOctalString(e.mode()),
                            Long.toString(e.uid()),
                            Long.toString(e.gid()),
                            Long.toString(e.size()),
                            Long.toString(e.seconds()),
                            Integer.toString(e.major()),
                            Integer.toString(e.minor()))));
        }
        assertEquals(String.join("\n", expected), python.strip());
    }

    @Test
    void aFileOfMoreThanEightGibHasItsSize() throws IOException {
        // The reader asks for the first header only: the data need not be there.
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        TarWriter out = new TarWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError();
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        head.write(bytes, offset, length);
                    }
                },
                TarWriter.Times.SECONDS);
        out.put(file("big", BIG, PLAIN, List.of()));
        out.data(new byte[1 << 20], 0, 1 << 20);
        TarEntry read = new TarReader(new ByteArrayInputStream(head.toByteArray()), 10).next();
        assertEquals(BIG, read == null ? -1 : read.size());
    }

    @Test
    void mistakesAreRefused() throws IOException {
        TarWriter out = new TarWriter(OutputStream.nullOutputStream(), TarWriter.Times.SECONDS);
        assertThrows(IllegalArgumentException.class, () -> out.put(file("a\0b", 0, PLAIN, List.of())));
        assertThrows(IllegalArgumentException.class, () -> out.put(file("", 0, PLAIN, List.of())));
        assertThrows(
                IllegalArgumentException.class,
                () -> out.put(file("f", 0, PLAIN, List.of(new Xattr("user.a=b", new byte[1])))));
        List<Xattr> many = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            many.add(new Xattr("user.n" + i, new byte[Xattr.VALUE_LIMIT]));
        }
        WherryException large = assertThrows(WherryException.class, () -> out.put(file("f", 0, PLAIN, many)));
        assertEquals(WherryException.Kind.UNSUPPORTED, large.kind());
        out.put(file("f", 2, PLAIN, List.of()));
        assertThrows(IllegalArgumentException.class, () -> out.data(new byte[3], 0, 3));
        assertThrows(IllegalStateException.class, () -> out.put(file("g", 0, PLAIN, List.of())));
        assertThrows(IllegalStateException.class, out::finish);
        out.data(new byte[2], 0, 2);
        out.finish();
    }
}
