package io.wherry.store.tree;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeReply;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tree is read as it is, whatever is in it and whoever changes it meanwhile. */
@Timeout(60)
class TreeReaderTest {
    private static final HostedPilots PILOTS = new HostedPilots();

    @TempDir
    Path folder;

    private Path tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
    }

    private void sh(String script) throws IOException {
        HostedPilots.run("bash", "-ec", "cd " + tree + "; " + script);
    }

    private interface Use {
        void of(TreeReader reader) throws IOException;
    }

    private static void read(TreeTarget target, Use use) throws IOException {
        try (TreeSession session = PILOTS.open(target)) {
            use.of(new TreeReader(session));
        }
    }

    /** Takes bytes, and says what they were: data as text, holes as their length. */
    private static final class Content implements TreeReader.DataSink {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long holes;
        long length;

        @Override
        public void data(byte[] from, int offset, int count) {
            bytes.write(from, offset, bytes.size() < 1 << 20 ? count : 0);
            length += count;
        }

        @Override
        public void hole(long count) {
            holes += count;
            length += count;
        }
    }

    private static Map<String, TreeEntry> entries(TreeReader reader, Map<String, String> contents) throws IOException {
        Map<String, TreeEntry> entries = new java.util.LinkedHashMap<>();
        for (TreeEntry entry = reader.next(); entry != null; entry = reader.next()) {
            entries.put(entry.path(), entry);
            Content content = new Content();
            reader.transfer(content);
            if (entry.kind() == TreeEntry.Kind.FILE && !entry.bare()) {
                assertThat(content.length).isEqualTo(entry.size());
                contents.put(entry.path(), content.bytes.toString(ISO_8859_1));
            }
        }
        return entries;
    }

    private Map<String, TreeEntry> all(Map<String, String> contents) throws IOException {
        Map<String, TreeEntry> entries = new java.util.LinkedHashMap<>();
        read(TreeTarget.view(List.of(tree)), reader -> {
            reader.readAll("", true);
            entries.putAll(entries(reader, contents));
        });
        return entries;
    }

    @Test
    void entriesComeWithAllTheirMetadataInTheOrderOfBytes() throws IOException {
        sh("""
                mkdir -m 1777 b; chmod 755 .
                echo -n hello >b/file; chown 3:4 b/file; chmod 6755 b/file; setfattr -n user.k -v v b/file; touch -d @1.5 b/file
                ln b/file b/name; ln -s ../etc/passwd b/link; mkfifo -m 600 b/fifo; mknod b/null c 1 3; mknod b/disk b 259 1048575
                touch a-b; mkdir a; touch a/c $'x\\ny' $'\\xff\\x80'; touch -d @-7.25 old; touch -d @1000 .""");
        Map<String, String> contents = new TreeMap<>();
        Map<String, TreeEntry> entries = all(contents);
        assertThat(entries.keySet())
                .containsExactly(
                        "",
                        "a",
                        "a/c",
                        "a-b",
                        "b",
                        "b/disk",
                        "b/fifo",
                        "b/file",
                        "b/link",
                        "b/name",
                        "b/null",
                        "old",
                        "x\ny",
                        "\u00ff\u0080");
        TreeEntry file = entries.get("b/file");
        assertThat(file.attributes().mode()).isEqualTo(06755);
        assertThat(file.attributes().uid()).isEqualTo(3);
        assertThat(file.attributes().gid()).isEqualTo(4);
        assertThat(file.attributes().seconds()).isEqualTo(1);
        assertThat(file.attributes().nanos()).isEqualTo(500_000_000);
        assertThat(file.xattrs()).hasSize(1);
        assertThat(file.xattrs().getFirst().name()).isEqualTo("user.k");
        assertThat(file.xattrs().getFirst().value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(file.links()).isEqualTo(2);
        assertThat(contents).containsEntry("b/file", "hello").doesNotContainKey("b/name");
        assertThat(entries.get("b/name").bare()).isTrue();
        assertThat(entries.get("b/name").inode()).isEqualTo(file.inode());
        assertThat(entries.get("b/link").link()).isEqualTo("../etc/passwd");
        assertThat(entries.get("b/fifo").kind()).isEqualTo(TreeEntry.Kind.FIFO);
        assertThat(entries.get("b/disk").kind()).isEqualTo(TreeEntry.Kind.BLOCK);
        assertThat(entries.get("b/disk").major()).isEqualTo(259);
        assertThat(entries.get("b/disk").minor()).isEqualTo(1048575);
        assertThat(entries.get("b").attributes().mode()).isEqualTo(01777);
        assertThat(entries.get("").attributes().seconds()).isEqualTo(1000);
        assertThat(entries.get("old").attributes().seconds()).isEqualTo(-8);
        assertThat(entries.get("old").attributes().nanos()).isEqualTo(750_000_000);
    }

    @Test
    void largeSparseAndEmptyFilesAreWhole() throws IOException {
        sh("""
                : >empty; truncate -s 100G sparse; echo -n end >>sparse; echo -n x | dd of=sparse bs=1 seek=1000000 conv=notrunc status=none
                head -c 65536 /dev/zero | tr '\\0' a >edge; head -c 65537 /dev/zero | tr '\\0' b >beyond; head -c 3000000 /dev/zero | tr '\\0' c >large""");
        read(TreeTarget.view(List.of(tree)), reader -> {
            reader.readAll("", true);
            for (TreeEntry entry = reader.next(); entry != null; entry = reader.next()) {
                Content content = new Content();
                reader.transfer(content);
                assertThat(content.length).as(entry.path()).isEqualTo(entry.size());
                switch (entry.path()) {
                    case "sparse" -> {
                        assertThat(entry.size()).isEqualTo((100L << 30) + 3);
                        assertThat(content.bytes.toString(UTF_8)).contains("x").endsWith("end");
                        assertThat(content.length - content.holes).isLessThan(1 << 20);
                    }
                    case "edge" -> assertThat(content.bytes.toString(UTF_8)).isEqualTo("a".repeat(65536));
                    case "beyond" -> assertThat(content.bytes.toString(UTF_8)).isEqualTo("b".repeat(65537));
                    case "large" -> assertThat(content.bytes.toString(UTF_8)).matches("c+");
                    default ->
                        assertThat(content.length)
                                .as("`" + entry.path() + "` " + entry)
                                .isZero();
                }
            }
        });
    }

    @Test
    void socketsAreLeftOutAndTold() throws IOException {
        sh("touch a z; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'");
        read(TreeTarget.view(List.of(tree)), reader -> {
            reader.readAll("", true);
            assertThat(entries(reader, new TreeMap<>()).keySet()).containsExactly("", "a", "z");
            assertThat(reader.leftOut()).isEqualTo(1);
            assertThat(reader.notes()).extracting(TreeReply::name).containsExactly("s");
        });
    }

    @Test
    void severalRequestsAreAnsweredInTheirOrder() throws IOException {
        sh("mkdir -p a/b/c; echo -n 1 >a/b/one; echo -n 2 >two; ln -s a way");
        read(TreeTarget.view(List.of(tree)), reader -> {
            reader.readOne("a/b/one", true);
            reader.readOne("a/nothing/one", true);
            reader.readOne("way/b/one", true);
            reader.list("a/b");
            reader.list("two");
            reader.readAt("way/b/../b", "one", "one", true, true);
            Map<String, String> contents = new TreeMap<>();
            assertThat(entries(reader, contents)).containsOnlyKeys("a/b/one");
            assertThat(contents).containsEntry("a/b/one", "1");
            assertThat(reader.next()).isNull();
            assertThat(reader.next()).as("behind a link").isNull();
            assertThat(entries(reader, contents).keySet()).containsExactly("a/b/c", "a/b/one");
            assertThat(reader.next()).as("in a file").isNull();
            assertThat(entries(reader, contents)).containsOnlyKeys("one");
            assertThat(contents).containsEntry("one", "1");
        });
    }

    @Test
    void layersAreSeenOverEachOtherAndOneAloneWithItsMarks() throws IOException {
        sh("""
                mkdir -p low/d low/e up/d up/e; touch low/d/gone low/d/stays low/e/hidden up/d/new up/e/only; mknod up/d/gone c 0 0
                setfattr -n user.overlay.opaque -v y up/e; setfattr -n user.overlay.origin -v secret up/d""");
        read(TreeTarget.view(List.of(tree.resolve("up"), tree.resolve("low"))), reader -> {
            reader.readAll("", false);
            assertThat(entries(reader, new TreeMap<>()).keySet())
                    .containsExactly("", "d", "d/new", "d/stays", "e", "e/only");
        });
        read(TreeTarget.view(List.of(tree.resolve("up"))), reader -> {
            reader.readAll("", false);
            Map<String, TreeEntry> entries = entries(reader, new TreeMap<>());
            assertThat(entries.get("d/gone").whiteout()).isTrue();
            assertThat(entries.get("e").opaque()).isTrue();
            assertThat(entries.get("d").opaque()).isFalse();
            assertThat(entries.values())
                    .allSatisfy(entry -> assertThat(entry.xattrs()).isEmpty());
        });
    }

    @Test
    void aLongWayIsGoneAndATooDeepOneIsRefused() throws IOException {
        String name = "n".repeat(250);
        sh("for i in $(seq 15); do mkdir " + name + "; cd " + name + "; done; echo -n deep >file");
        Map<String, String> contents = new TreeMap<>();
        assertThat(all(contents)).hasSize(17);
        assertThat(contents.values()).containsExactly("deep");
        sh("rm -rf n*; for i in $(seq 1000); do mkdir d; cd d; done");
        assertThatThrownBy(() -> all(contents))
                .isInstanceOf(TreeException.class)
                .hasMessageContaining("too many folders lie above it");
    }

    @Test
    void aHundredThousandEntriesOfOneFolderAreInOrder() throws IOException {
        sh("mkdir many; cd many; seq -f %.0f 100000 | xargs touch");
        read(TreeTarget.view(List.of(tree)), reader -> {
            reader.list("many");
            String before = "";
            int count = 0;
            for (TreeEntry entry = reader.next(); entry != null; entry = reader.next()) {
                assertThat(entry.path().compareTo(before)).isPositive();
                before = entry.path();
                count++;
            }
            assertThat(count).isEqualTo(100_000);
        });
    }

    @Test
    void nothingOutsideIsReadWhileFoldersAndFilesAreSwapped() throws IOException, InterruptedException {
        Path outside = Files.createDirectory(folder.resolve("canary"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(outside.resolve("f" + i), "CANARY");
        }
        sh("mkdir d e; for i in $(seq 0 49); do echo -n inside >d/f$i; echo -n inside >e/f$i; done; touch grows; ln -s "
                + outside + " l; ln -s " + outside + "/f1 lf; mkfifo p; echo -n inside >f");
        Process racer = new ProcessBuilder("python3", "-c", """
                        import ctypes, os, sys
                        os.chdir(sys.argv[1])
                        libc = ctypes.CDLL(None)
                        i = 0
                        while True:
                            libc.renameat2(-100, b'd', -100, b'l', 2)
                            libc.renameat2(-100, b'f', -100, b'lf' if i % 2 else b'p', 2)
                            with open('grows', 'w') as f: f.write('x' * (i % 200000))
                            i += 1
                        """, tree.toString()).start();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            int readings = 0;
            int seen = 0;
            while (System.nanoTime() < end || readings < 20) {
                Map<String, String> contents = new TreeMap<>();
                Map<String, TreeEntry> entries = all(contents);
                assertThat(contents.values()).noneMatch(text -> text.contains("CANARY"));
                assertThat(new ArrayList<>(entries.keySet())).contains("e/f49", "grows");
                seen += entries.containsKey("d/f0") || entries.containsKey("l/f0") ? 1 : 0;
                readings++;
            }
            assertThat(seen).as("of " + readings).isPositive();
        } finally {
            racer.destroyForcibly().waitFor();
        }
    }

    @Test
    void aReaderThatIsNotTakenToItsEndEndsItsPilot() throws IOException {
        sh("for i in $(seq 20); do head -c 1000000 /dev/zero >f$i; done");
        try (TreeSession session = PILOTS.open(TreeTarget.view(List.of(tree)))) {
            TreeReader reader = new TreeReader(session);
            reader.readAll("", true);
            assertThat(reader.next()).isNotNull();
            PILOTS.killAll();
        }
    }
}
