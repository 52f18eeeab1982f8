package io.wherry.store.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.OverlayDriver;
import io.wherry.store.layer.TestStore;
import io.wherry.store.pull.Cancellation;
import io.wherry.store.pull.PullProgress;
import io.wherry.store.pull.Puller;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TarHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that nobody should have written: each is refused with one sentence, and leaves nothing, neither in the store nor outside. */
class HostileArchiveTest {
    private static final String ONE = OciLayout.digest(Saved.LOWER);

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    TestStore store;

    @BeforeEach
    void open() throws IOException {
        store = new TestStore(folder, OverlayDriver::new, new Durable());
    }

    private record Case(String name, Kind kind, String sentence, byte[] archive) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        byte[] good = new Saved().bytes();
        String bomb = "[".repeat(100_000);
        String config = new String(new Saved().files.get("c.json"), UTF_8);
        return Stream.of(
                new Case("nothing", Kind.INVALID, "neither manifest.json nor index.json", new byte[0]),
                new Case("an empty tar", Kind.INVALID, "neither manifest.json nor index.json", new Tar().bytes()),
                new Case(
                        "text",
                        Kind.CORRUPT,
                        "damaged at byte 0",
                        "x".repeat(2000).getBytes(UTF_8)),
                new Case(
                        "no manifest.json",
                        Kind.INVALID,
                        "neither manifest.json nor index.json",
                        new Saved().without("manifest.json").bytes()),
                new Case(
                        "only repositories",
                        Kind.INVALID,
                        "before 1.10",
                        new Saved()
                                .without("manifest.json")
                                .file("repositories", "{}")
                                .bytes()),
                new Case("a manifest.json of no images", Kind.NOT_FOUND, "no image", json("[]")),
                new Case("a manifest.json that is no list", Kind.INVALID, "no list", json("{}")),
                new Case("a manifest.json of numbers", Kind.INVALID, "no image", json("[1]")),
                new Case("a manifest.json that is cut", Kind.INVALID, "", json("[{\"Config\":")),
                new Case("a manifest.json deeper than anybody reads", Kind.INVALID, "", json(bomb)),
                new Case("a manifest.json of 5 MiB", Kind.INVALID, "at most", json(" ".repeat(5 << 20) + "[]")),
                new Case(
                        "a manifest.json with a key twice",
                        Kind.INVALID,
                        "",
                        json("[{\"Config\":\"c.json\",\"Config\":\"l1/VERSION\",\"Layers\":[]}]")),
                new Case("an image without a configuration", Kind.INVALID, "Config", json("[{\"Layers\":[]}]")),
                new Case(
                        "a configuration outside",
                        Kind.CORRUPT,
                        "leads out",
                        json("[{\"Config\":\"../../etc/passwd\",\"Layers\":[]}]")),
                new Case(
                        "an absolute configuration",
                        Kind.CORRUPT,
                        "absolute",
                        json("[{\"Config\":\"/etc/passwd\",\"Layers\":[]}]")),
                new Case(
                        "a layer outside",
                        Kind.CORRUPT,
                        "leads out",
                        new Saved()
                                .manifest("x", "l1/layer.tar", "l2/../../layer.tar")
                                .bytes()),
                new Case(
                        "a layer that is not there",
                        Kind.CORRUPT,
                        "does not have the file `l3/layer.tar`",
                        new Saved()
                                .manifest("x", "l1/layer.tar", "l3/layer.tar")
                                .bytes()),
                new Case(
                        "fewer layers than diff ids",
                        Kind.INVALID,
                        "names 1 layers of an image whose configuration has 2",
                        new Saved().manifest("x", "l1/layer.tar").bytes()),
                new Case(
                        "layers in the wrong order",
                        Kind.CORRUPT,
                        "the image's configuration says",
                        new Saved()
                                .manifest("x", "l2/layer.tar", "l1/layer.tar")
                                .bytes()),
                new Case(
                        "a wrong diff id",
                        Kind.CORRUPT,
                        "the image's configuration says " + ONE,
                        new Saved()
                                .file("c.json", Saved.config(Saved.LOWER, Saved.LOWER))
                                .bytes()),
                new Case(
                        "a diff id that is none",
                        Kind.INVALID,
                        "diff_ids",
                        new Saved()
                                .file("c.json", config.replace(ONE, "sha256:../../../x"))
                                .bytes()),
                new Case(
                        "a configuration that is no object",
                        Kind.INVALID,
                        "",
                        new Saved().file("c.json", "7").bytes()),
                new Case(
                        "a configuration deeper than anybody reads",
                        Kind.INVALID,
                        "",
                        new Saved().file("c.json", bomb).bytes()),
                new Case(
                        "a tag that is none",
                        Kind.INVALID,
                        "Invalid",
                        new Saved()
                                .manifest("../x:1", "l1/layer.tar", "l2/layer.tar")
                                .bytes()),
                new Case(
                        "a tag with an escape sequence",
                        Kind.INVALID,
                        "Invalid",
                        new Saved()
                                .manifest("x\\u001b[2J:1", "l1/layer.tar", "l2/layer.tar")
                                .bytes()),
                new Case(
                        "an entry that leads out",
                        Kind.CORRUPT,
                        "`../x` leads out",
                        new Saved().behind(tar -> tar.file("../x", "x"))),
                new Case(
                        "an absolute entry",
                        Kind.CORRUPT,
                        "absolute",
                        new Saved().behind(tar -> tar.file("/tmp/x", "x"))),
                new Case(
                        "a symbolic link that leads out",
                        Kind.CORRUPT,
                        "leads out",
                        new Saved()
                                .without("l2/layer.tar")
                                .behind(tar -> tar.symlink("l2/layer.tar", "../../etc/passwd"))),
                new Case(
                        "an absolute symbolic link",
                        Kind.CORRUPT,
                        "absolute",
                        new Saved().without("l2/layer.tar").behind(tar -> tar.symlink("l2/layer.tar", "/etc/passwd"))),
                new Case(
                        "a hard link that leads out",
                        Kind.CORRUPT,
                        "leads out",
                        new Saved().without("l2/layer.tar").behind(tar -> tar.hardLink("l2/layer.tar", "../x"))),
                new Case(
                        "a link to itself",
                        Kind.CORRUPT,
                        "leads to itself",
                        new Saved().without("l2/layer.tar").behind(tar -> tar.symlink("l2/layer.tar", "layer.tar"))),
                new Case(
                        "a circle of links",
                        Kind.CORRUPT,
                        "chain of more than 40 links",
                        new Saved()
                                .without("l2/layer.tar")
                                .behind(tar -> tar.symlink("l2/layer.tar", "x").symlink("l2/x", "layer.tar"))),
                new Case(
                        "a link to nothing",
                        Kind.CORRUPT,
                        "does not have the file",
                        new Saved().without("l2/layer.tar").behind(tar -> tar.symlink("l2/layer.tar", "y"))),
                new Case(
                        "a layer that is a device",
                        Kind.CORRUPT,
                        "does not have the file",
                        new Saved().without("l2/layer.tar").behind(tar -> tar.device('4', "l2/layer.tar", 8, 0))),
                new Case(
                        "a layer twice, with other bytes",
                        Kind.CORRUPT,
                        "two different files",
                        new Saved().behind(tar -> tar.file("l1/layer.tar", "other"))),
                new Case(
                        "a file and a link of one name",
                        Kind.CORRUPT,
                        "two different files",
                        new Saved().behind(tar -> tar.symlink("./l1//layer.tar", "../l2/layer.tar"))),
                new Case(
                        "a name of 2,000 bytes",
                        Kind.CORRUPT,
                        "at most 1024",
                        new Saved().behind(tar -> tar.file("x".repeat(2000), ""))),
                new Case("endless pax headers", Kind.DENIED, "more than 100000 entries", endlessHeaders()),
                new Case("more names than memory", Kind.DENIED, "bytes of names", manyNames()),
                new Case(
                        "a layer that is no archive",
                        Kind.CORRUPT,
                        "damaged at byte 0",
                        lower("no archive at all".repeat(100).getBytes(UTF_8))),
                new Case("a layer of zip", Kind.UNSUPPORTED, "zip", lower(new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0
                })),
                new Case("a layer of damaged gzip", Kind.CORRUPT, "", lower(new byte[] {
                    0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 99, 99, 99, 99
                })),
                new Case(
                        "a layer of damaged bzip2",
                        Kind.CORRUPT,
                        "`l1/layer.tar` cannot be read",
                        lower("BZh9 and no more of it".getBytes(UTF_8))),
                new Case("an xz that is cut", Kind.CORRUPT, "ends within its data", xzHeader()),
                new Case("a gzip that is cut", Kind.CORRUPT, "ends within", Arrays.copyOf(gzip(good), 300)),
                new Case(
                        "a gzip with something behind it",
                        Kind.CORRUPT,
                        "follows",
                        joined(gzip(good), "more".getBytes(UTF_8))),
                new Case(
                        "no index",
                        Kind.INVALID,
                        "neither",
                        layout("").without("index.json").bytes()),
                new Case(
                        "an index that is none",
                        Kind.INVALID,
                        "",
                        layout("").file("index.json", "[]").bytes()),
                new Case(
                        "a layout of another version",
                        Kind.UNSUPPORTED,
                        "2.0.0",
                        layout("")
                                .file("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}")
                                .bytes()),
                new Case(
                        "an index with a manifest that is not there",
                        Kind.CORRUPT,
                        "does not have the blob",
                        layout("")
                                .file("index.json", index(descriptor("x".getBytes(UTF_8), "manifest.v1+json", "")))
                                .bytes()),
                new Case("a blob with another digest", Kind.CORRUPT, "its bytes have the digest", damagedBlob()),
                new Case(
                        "a blob with another size",
                        Kind.CORRUPT,
                        "its descriptor says 999",
                        layout("")
                                .file("index.json", index(manifestOf().replaceFirst("\"size\":\\d+", "\"size\":999")))
                                .bytes()),
                new Case(
                        "a blob of a negative size",
                        Kind.INVALID,
                        "negative",
                        layout("")
                                .file("index.json", index(manifestOf().replaceFirst("\"size\":\\d+", "\"size\":-1")))
                                .bytes()),
                new Case(
                        "a blob whose digest is a path",
                        Kind.INVALID,
                        "digest",
                        layout("")
                                .file(
                                        "index.json",
                                        index(manifestOf().replaceFirst("sha256:[0-9a-f]+", "sha256:../../../x")))
                                .bytes()),
                new Case(
                        "a name that is none",
                        Kind.INVALID,
                        "Invalid",
                        layout(":/:").bytes()),
                new Case("one name for two images", Kind.INVALID, "two different images", twoOfOneName()),
                new Case("indexes nested without end", Kind.INVALID, "nested more than 8 deep", nested(12)),
                new Case(
                        "an index for other processors only",
                        Kind.NOT_FOUND,
                        "has no image for",
                        layout("")
                                .file("index.json", index(manifestFor("s390x"), manifestFor("ppc64le")))
                                .bytes()),
                new Case("something that is no image", Kind.UNSUPPORTED, "is no image", artifact()));
    }

    private static byte[] json(String manifest) {
        return new Saved().file("manifest.json", manifest).bytes();
    }

    private static byte[] lower(byte[] layer) {
        Saved saved = new Saved();
        saved.files.put("l1/layer.tar", layer);
        return saved.file("c.json", Saved.config(layer, Saved.UPPER)).bytes();
    }

    private static byte[] endlessHeaders() {
        Tar tar = new Tar();
        for (int i = 0; i < 1000; i++) {
            tar.extension('g', "g", Tar.paxRecord("comment", "x".getBytes(UTF_8)));
        }
        byte[] part = gzip(tar.withoutEnd());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 101; i++) {
            out.writeBytes(part); // gzip is what its members are, one behind the other
        }
        return out.toByteArray();
    }

    private static byte[] manyNames() {
        Tar tar = new Tar();
        for (int i = 0; i < 17_000; i++) {
            tar.symlink(i + "x".repeat(990), "y");
        }
        return tar.bytes();
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The first bytes of every xz file that is checked by CRC-64. */
    private static byte[] xzHeader() {
        return HexFormat.of().parseHex("fd377a585a000004e6d6b4460200210116000000");
    }

    private static byte[] joined(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private static String descriptor(byte[] blob, String type, String more) {
        return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(type, OciLayout.digest(blob), blob.length, more);
    }

    private static String index(String... entries) {
        return "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}";
    }

    private static Saved put(Saved saved, byte[] blob) {
        saved.files.put("blobs/sha256/" + OciLayout.digest(blob).substring(7), blob);
        return saved;
    }

    private static byte[] manifestBytes() {
        byte[] config = Saved.config(Saved.LOWER).getBytes(UTF_8);
        return OciLayout.manifestOf(
                        descriptor(config, "config.v1+json", ""), List.of(descriptor(Saved.LOWER, "layer.v1.tar", "")))
                .getBytes(UTF_8);
    }

    private static String manifestOf() {
        return descriptor(manifestBytes(), "manifest.v1+json", "");
    }

    private static String manifestFor(String architecture) {
        return manifestOf().replace("}", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}}");
    }

    /** A layout of one image with a layer. */
    private static Saved layout(String name) {
        Saved saved = new Saved();
        saved.files.clear();
        saved.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        put(put(put(saved, Saved.config(Saved.LOWER).getBytes(UTF_8)), Saved.LOWER), manifestBytes());
        String annotations = name.isEmpty() ? "" : ",\"annotations\":{\"io.containerd.image.name\":\"" + name + "\"}";
        return saved.file("index.json", index(descriptor(manifestBytes(), "manifest.v1+json", annotations)));
    }

    private static byte[] damagedBlob() {
        Saved saved = layout("");
        byte[] layer = Saved.LOWER.clone();
        layer[700] ^= 1;
        saved.files.put("blobs/sha256/" + ONE.substring(7), layer);
        return saved.bytes();
    }

    private static byte[] twoOfOneName() {
        Saved saved = layout("");
        byte[] other = new String(manifestBytes(), UTF_8)
                .replace("{\"schema", "{ \"schema")
                .getBytes(UTF_8);
        String named = ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/x:1\"}";
        return put(saved, other)
                .file(
                        "index.json",
                        index(
                                descriptor(manifestBytes(), "manifest.v1+json", named),
                                descriptor(other, "manifest.v1+json", named)))
                .bytes();
    }

    private static byte[] nested(int depth) {
        Saved saved = layout("");
        String entry = manifestOf();
        for (int i = 0; i < depth; i++) {
            byte[] index = index(entry).getBytes(UTF_8);
            put(saved, index);
            entry = descriptor(index, "index.v1+json", "");
        }
        return saved.file("index.json", index(entry)).bytes();
    }

    private static byte[] artifact() {
        byte[] manifest = new String(manifestBytes(), UTF_8)
                .replaceFirst("application/vnd.oci.image.config.v1.json", "application/vnd.cncf.helm.config.v1+json")
                .getBytes(UTF_8);
        return put(layout(""), manifest)
                .file("index.json", index(descriptor(manifest, "manifest.v1+json", "")))
                .bytes();
    }

    /** What the engine does with an archive, but for events. */
    private void load(InputStream in) {
        Puller puller = new Puller(store.content, store.images, store.driver, 2, 1L << 36);
        try (FileLocks.Held _ = store.content.keep();
                ImageArchive archive = ImageArchive.read(in, store.space, store.content)) {
            for (ArchivedImage image : archive.images(Optional.empty())) {
                archive.offer(image.manifest());
                puller.pull(
                        image.names().isEmpty()
                                ? ImageReference.unnamed(image.manifest().digest())
                                : image.names().getFirst(),
                        image.manifest(),
                        archive.blobs(),
                        PullProgress.NONE,
                        new Cancellation());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedAndLeavesNothing(Case hostile) throws IOException {
        assertThatThrownBy(() -> load(new ByteArrayInputStream(hostile.archive())))
                .isInstanceOfSatisfying(WherryException.class, e -> {
                    assertThat(e.getMessage())
                            .contains(hostile.sentence())
                            .endsWith(".")
                            .doesNotContain("\n");
                    assertThat(e.kind()).isEqualTo(hostile.kind());
                });
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(store.images.list()).isEmpty();
        assertThat(store.driver.list()).isEmpty();
        for (String each : List.of("tmp", "trash", "content/ingest")) {
            assertThat(store.names(each)).as(each).isEmpty();
        }
        try (Stream<Path> beside = Files.list(folder)) {
            assertThat(beside.map(path -> path.getFileName().toString())).isSubsetOf("store", "state");
        }
    }

    /** At every block, and at some bytes between. */
    @Test
    void anArchiveThatIsCutAnywhereIsRefusedOrWhole() throws IOException {
        byte[] whole = new Saved().bytes();
        Random random = new Random(11);
        int loaded = 0;
        for (int at = 0; at < whole.length; at += 1 + random.nextInt(300)) {
            try {
                load(new ByteArrayInputStream(whole, 0, at));
                loaded++;
            } catch (WherryException e) {
                assertThat(e.kind()).isIn(Kind.CORRUPT, Kind.INVALID);
                assertThat(store.images.list()).isEmpty();
            }
        }
        assertThat(loaded).as("only the end of the tar was cut off").isLessThan(12);
    }

    @Test
    void aGibibyteOfZerosInAMebibyteIsReadInBoundedMemory() throws IOException {
        InputStream zeros = new InputStream() {
            private long left = 1L << 30;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] to, int offset, int length) {
                int got = (int) Math.min(length, left);
                Arrays.fill(to, offset, offset + Math.max(got, 0), (byte) 0);
                left -= got;
                return got > 0 ? got : -1;
            }
        };
        byte[] header = new TarHeader('0', "zeros", 0644)
                .number(TarHeader.Field.SIZE, 1L << 30)
                .bytes();
        InputStream archive = new SequenceInputStream(
                new ByteArrayInputStream(header),
                new SequenceInputStream(zeros, new ByteArrayInputStream(new Tar().bytes())));
        assertThatThrownBy(() -> load(archive)).hasMessageContaining("neither");
        assertNothingIsLeft();
    }

    @Test
    void theGoodOneOfTheTableIsLoaded() throws IOException {
        load(new ByteArrayInputStream(new Saved().bytes()));
        load(new ByteArrayInputStream(layout("docker.io/t/oci:2").bytes()));
        assertThat(store.images.list())
                .extracting(image -> image.reference().familiar())
                .containsExactly("t/image:1", "t/oci:2");
        assertThat(store.names("tmp")).isEmpty();
        assertThat(store.names("content/ingest")).isEmpty();
    }
}
