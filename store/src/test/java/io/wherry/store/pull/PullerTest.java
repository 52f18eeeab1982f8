package io.wherry.store.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.Durable;
import io.wherry.store.garbage.Garbage;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.OverlayDriver;
import io.wherry.store.layer.TestStore;
import io.wherry.store.tree.HostedPilots;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class PullerTest {
    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    OciLayout layout;
    TestStore store;
    Manifest manifest;

    @BeforeEach
    void open() throws IOException {
        store = new TestStore(folder, OverlayDriver::new, new Durable());
        layout = OciLayout.create(folder.resolve("layout"));
        byte[] noise = new byte[2_000_000];
        new Random(7).nextBytes(noise);
        layout.image(
                "image",
                "{\"Cmd\":[\"sh\"]}",
                OciLayout.Compression.GZIP,
                List.of(
                        new Tar()
                                .folder("a/", 0755)
                                .file("a/noise", 0644, noise)
                                .bytes(),
                        new Tar().folder("b/", 0755).file("b/small", "s").bytes(),
                        new Tar().file("c", "c").bytes()));
        manifest = TestStore.manifest(layout, "image");
    }

    BlobSource source() {
        return TestStore.source(layout.folder());
    }

    /** Ends after so many bytes of each opened stream, by an exception. */
    private static InputStream cut(InputStream in, int after) {
        return new FilterInputStream(in) {
            private int left = after;

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("the connection was reset");
                }
                int got = super.read(to, offset, Math.min(length, left));
                left -= Math.max(got, 0);
                return got;
            }
        };
    }

    @Test
    void interruptedDownloadGoesOnWhereItEnded() throws IOException {
        BlobSource whole = source();
        assertThatThrownBy(() ->
                        store.pull(manifest, (blob, offset) -> cut(whole.open(blob, offset), 300_000), "image"))
                .isInstanceOf(WherryException.class);
        assertThat(store.images.list()).isEmpty();
        assertThat(store.names("content/ingest")).isNotEmpty();
        List<Long> offsets = new ArrayList<>();
        PullResult result = store.reopened(OverlayDriver::new)
                .pull(
                        manifest,
                        (blob, offset) -> {
                            synchronized (offsets) {
                                offsets.add(offset);
                            }
                            return whole.open(blob, offset);
                        },
                        "image");
        assertThat(offsets).contains(300_000L);
        assertThat(store.rootfs(result, "c")).containsKeys("/a/noise", "/b/small", "/c");
        assertThat(store.names("content/ingest")).isEmpty();
    }

    @Test
    void wrongByteInAnEarlierPartIsFetchedAnew() throws IOException {
        BlobSource whole = source();
        assertThatThrownBy(() ->
                        store.pull(manifest, (blob, offset) -> cut(whole.open(blob, offset), 300_000), "image"))
                .isInstanceOf(WherryException.class);
        HostedPilots.run(
                "sh",
                "-c",
                "for f in " + store.root
                        + "/content/ingest/*; do printf X | dd of=$f bs=1 seek=1000 conv=notrunc 2>/dev/null; done");
        PullResult result = store.pull(manifest, whole, "image");
        assertThat(store.rootfs(result, "c")).containsKeys("/a/noise");
    }

    @Test
    void wrongByteNeverReachesTheStore() throws IOException {
        BlobSource whole = source();
        AtomicInteger opened = new AtomicInteger();
        BlobSource lying = (blob, offset) -> new FilterInputStream(whole.open(blob, offset)) {
            private final boolean lies = blob.equals(manifest.layers().getFirst()) && opened.incrementAndGet() > 0;
            private long position;

            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                int got = super.read(to, at, length);
                if (lies && got > 0 && position <= 1_500_000 && position + got > 1_500_000) {
                    to[at + (int) (1_500_000 - position)] ^= 1;
                }
                position += Math.max(got, 0);
                return got;
            }
        };
        assertThatThrownBy(() -> store.pull(manifest, lying, "image"))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
        assertThat(store.content.has(manifest.layers().getFirst().digest())).isFalse();
        assertThat(store.driver.list()).isEmpty();
        assertThat(store.images.list()).isEmpty();
        assertThat(store.names("tmp")).isEmpty();
    }

    @Test
    void longerBodyThanTheDescriptorSaysIsRefused() throws IOException {
        BlobSource whole = source();
        BlobSource endless = (blob, offset) -> blob.equals(manifest.config())
                ? whole.open(blob, offset)
                : new java.io.SequenceInputStream(whole.open(blob, offset), InputStream.nullInputStream()) {
                    @Override
                    public int read(byte[] to, int at, int length) throws IOException {
                        int got = super.read(to, at, length);
                        return got < 0 ? length : got;
                    }
                };
        assertThatThrownBy(() -> store.pull(manifest, endless, "image"))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("more than the");
    }

    @Test
    void archiveThatIsNotTheConfigurationsIsRefused() throws IOException {
        OciLayout other = OciLayout.create(folder.resolve("other"));
        other.image(
                "image",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(
                        new Tar().file("x", "x").bytes(),
                        new Tar().file("y", "y").bytes(),
                        new Tar().file("z", "z").bytes()));
        Manifest wrong =
                Manifest.of(TestStore.manifest(other, "image").config(), manifest.layers(), java.util.Map.of());
        BlobSource both = (blob, offset) -> blob.equals(wrong.config())
                ? TestStore.source(other.folder()).open(blob, offset)
                : source().open(blob, offset);
        assertThatThrownBy(() -> store.pull(wrong, both, "image"))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("the image's configuration says");
        assertThat(store.driver.list()).isEmpty();
        assertThat(store.names("tmp")).isEmpty();
    }

    @Test
    void secondPullFetchesNothing() {
        store.pull(manifest, source(), "image");
        BlobSource none = (blob, offset) -> {
            throw new AssertionError("asked for " + blob.digest());
        };
        assertThat(store.pull(manifest, none, "other-name").manifest().digest()).isEqualTo(manifest.digest());
        assertThat(store.images.list()).hasSize(2);
    }

    @Test
    void twoPullsOfOneImageAtOnceFetchItOnce() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        BlobSource whole = source();
        BlobSource counted = (blob, offset) -> {
            if (!blob.equals(manifest.config())) {
                opened.incrementAndGet();
            }
            return whole.open(blob, offset);
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<PullResult>> pulls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "image" + i;
                pulls.add(threads.submit(() -> store.pull(manifest, counted, name)));
            }
            for (Future<PullResult> pull : pulls) {
                pull.get();
            }
        }
        assertThat(opened.get()).isEqualTo(3);
        assertThat(store.images.list()).hasSize(4);
        assertThat(store.names("tmp")).isEmpty();
    }

    @Test
    void pilotThatIsKilledEndsThePullAndLeavesNothing() {
        BlobSource whole = source();
        BlobSource killing = (blob, offset) -> new FilterInputStream(whole.open(blob, offset)) {
            private long position;

            @Override
            public int read(byte[] to, int at, int length) throws IOException {
                int got = super.read(to, at, length);
                position += Math.max(got, 0);
                if (position > 1_000_000) {
                    store.pilots.awaitStart(); // What is read goes ahead of what is written.
                    store.pilots.killAll();
                }
                return got;
            }
        };
        assertThatThrownBy(() -> store.pull(manifest, killing, "image")).isInstanceOf(WherryException.class);
        assertThat(store.images.list()).isEmpty();
    }

    @Test
    void everyFailedStepOfTheDiskLeavesAStoreThatTheNextPullCompletes() throws IOException {
        for (int fail = 1; ; fail++) {
            int at = fail;
            AtomicInteger steps = new AtomicInteger();
            Path own = folder.resolve("step" + fail);
            TestStore broken = new TestStore(own, OverlayDriver::new, new Durable((step, path) -> {
                if (steps.incrementAndGet() == at) {
                    throw new IOException("no space left on device");
                }
            }));
            boolean failed = false;
            try {
                broken.pull(manifest, source(), "image");
            } catch (WherryException e) {
                failed = true;
                assertThat(e.getMessage()).contains("no space left");
            }
            TestStore next = broken.reopened(OverlayDriver::new);
            if (failed && next.images.find(ImageReference.parse("image")).isPresent()) {
                // The name was given: then everything must be there.
                assertThat(next.driver.has(
                                ChainId.of(next.images.config(manifest).diffIds())))
                        .isTrue();
            }
            PullResult result = next.pull(manifest, source(), "image");
            assertThat(next.driver.has(ChainId.of(result.config().diffIds()))).isTrue();
            next.space.sweep();
            assertThat(next.names("tmp")).isEmpty();
            assertThat(next.names("content/ingest")).isEmpty();
            HostedPilots.run("rm", "-rf", own.toString());
            if (!failed) {
                assertThat(fail).isGreaterThan(20);
                return;
            }
        }
    }

    @Test
    void blobsAndTheirNamesAreDurableBeforeTheImageIsNamed() throws IOException {
        List<String> steps = Collections.synchronizedList(new ArrayList<>());
        TestStore watched = new TestStore(
                folder.resolve("steps"),
                OverlayDriver::new,
                new Durable((step, path) -> steps.add(
                        step + " " + folder.relativize(path).toString().replaceFirst("^.*?/(content|images)", "$1"))));
        watched.pull(manifest, source(), "image");
        List<String> names = steps.stream()
                .filter(step -> step.startsWith("rename content/blobs/"))
                .toList();
        assertThat(names).hasSize(5);
        assertThat(steps.stream().filter(step -> step.startsWith("fsync content/ingest/")))
                .hasSize(3);
        int last = names.stream().mapToInt(steps::lastIndexOf).max().orElseThrow();
        int settled = steps.lastIndexOf("fsync-folder content/blobs/sha256");
        int named = steps.indexOf(steps.stream()
                .filter(step -> step.startsWith("rename images/"))
                .findFirst()
                .orElseThrow());
        assertThat(settled).isBetween(last, named);
    }

    @Test
    void collectionKeepsWhatImagesAndContainersNeed() throws IOException {
        PullResult result = store.pull(manifest, source(), "image");
        Garbage garbage = new Garbage(store.content, store.images, List.of(store.driver), store.space);
        assertThat(garbage.collect(List.of())).isEqualTo(new Garbage.Collected(List.of(), List.of(), 0));
        store.images.remove(ImageReference.parse("image"));
        Garbage.Collected first = garbage.collect(List.of(result.config().diffIds()));
        assertThat(first.blobs()).hasSize(5);
        assertThat(first.layers()).isEmpty();
        assertThat(garbage.collect(List.of()).layers()).hasSize(3);
        assertThat(store.driver.list()).isEmpty();
        assertThat(store.names("layers/overlay")).isEmpty();
        assertThat(store.names("trash")).isEmpty();
    }

    @Test
    void collectionRemovesWhatTheDeadHadNotRenamed() throws IOException {
        store.pull(manifest, source(), "image");
        List<Path> unfinished = new ArrayList<>();
        for (String place : List.of("images", "content", "content/blobs/sha256")) {
            unfinished.add(Files.writeString(store.root.resolve(place).resolve(Durable.temporaryName()), "{"));
        }
        Path others = Files.writeString(store.root.resolve("images/.others"), "");
        new Garbage(store.content, store.images, List.of(store.driver), store.space).collect(List.of());
        assertThat(unfinished).allSatisfy(file -> assertThat(file).doesNotExist());
        assertThat(others).exists();
        assertThat(store.images.list()).hasSize(1);
    }

    @Test
    void contentIsALayoutThatOthersRead() throws IOException {
        store.pull(manifest, source(), "localhost:5000/some/image:1.0");
        HostedPilots.run(
                "umoci",
                "unpack",
                "--image",
                store.root.resolve("content") + ":localhost:5000/some/image:1.0",
                folder.resolve("bundle").toString());
        HostedPilots.run(
                "skopeo", "inspect", "oci:" + store.root.resolve("content") + ":localhost:5000/some/image:1.0");
    }

    @Test
    void downloadOfAConfigurationOfAnotherSizeIsRefused() {
        Descriptor config = manifest.config();
        Manifest wrong = Manifest.of(
                new Descriptor(config.mediaType(), config.digest(), config.size() + 1),
                manifest.layers(),
                java.util.Map.of());
        assertThatThrownBy(() -> store.pull(wrong, source(), "image"))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("bytes");
    }
}
