package io.wherry.store.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import io.wherry.store.pull.PullResult;
import io.wherry.store.tree.HostedPilots;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TarHeader;
import io.wherry.testkit.TarHeader.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What every driver does. The referee for trees is umoci, entry by entry: type, mode, owner, links, time, content, xattrs. */
abstract class LayerDriverContract {
    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    TestStore store;
    OciLayout layout;

    abstract LayerDriver driver(StoreSpace space);

    /** {@return an empty folder for the store} */
    Path disk() throws IOException {
        return folder;
    }

    @BeforeEach
    void open() throws IOException {
        store = new TestStore(disk(), this::driver, new Durable());
        layout = OciLayout.create(folder.resolve("layout"));
    }

    /** As tar's writers do: every entry with its parents, each with a time. */
    static Tar base() {
        return new Tar()
                .folder("./", 0755)
                .folder("etc/", 0755)
                .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
                .file("etc/shadow", 0600, "secret".getBytes(UTF_8))
                .folder("usr/", 0755)
                .folder("usr/lib/", 0755)
                .file("usr/lib/one", "1")
                .file("usr/lib/two", "2")
                .symlink("lib", "usr/lib")
                .folder("tmp/", 01777)
                .folder("var/", 0750)
                .folder("var/cache/", 0700)
                .file("var/cache/a", "a")
                .folder("var/cache/deep/", 0755)
                .file("var/cache/deep/b", "b")
                .entry(
                        new TarHeader('0', "suid", 04755)
                                .number(Field.UID, 1000)
                                .number(Field.GID, 3_000_000)
                                .number(Field.MTIME, 1_234_567_890)
                                .number(Field.SIZE, 1),
                        new byte[] {'s'})
                .hardLink("etc/passwd-", "etc/passwd");
    }

    void assertLikeUmoci(byte[]... layers) throws IOException {
        layout.image("image", "{}", OciLayout.Compression.GZIP, List.of(layers));
        PullResult result = store.pull(layout, "image");
        Map<String, String> expected = new TreeMap<>(TestStore.umoci(layout, "image", folder.resolve("bundle")));
        Map<String, String> found = new TreeMap<>(store.rootfs(result, "c1"));
        assertThat(found).isEqualTo(expected);
        assertThat(store.names("tmp")).isEmpty();
        assertThat(store.names("trash")).isEmpty();
    }

    @Test
    void singleLayerIsUnpackedAsUmociDoes() throws IOException {
        assertLikeUmoci(base().bytes());
    }

    @Test
    void whiteoutsHideFilesAndFoldersOfLayersBelow() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("etc/", 0755)
                        .file("etc/.wh.passwd", "")
                        .folder("var/", 0750)
                        .file("var/.wh.cache", "")
                        .file(".wh.absent", "")
                        .bytes());
    }

    @Test
    void opaqueFolderShowsOnlyItsOwnLayer() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("var/", 0750)
                        .folder("var/cache/", 0711)
                        .file("var/cache/.wh..wh..opq", "")
                        .file("var/cache/new", "n")
                        .bytes());
    }

    @Test
    void opaqueMarkBehindItsOwnEntriesSparesThem() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("var/", 0750)
                        .folder("var/cache/", 0711)
                        .file("var/cache/-new", "n")
                        .file("var/cache/.wh..wh..opq", "")
                        .bytes());
    }

    @Test
    void whiteoutBeforeAnEntryOfItsNameLeavesTheEntry() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("var/", 0750)
                        .file("var/.wh.cache", "")
                        .folder("var/cache/", 0701)
                        .file("var/cache/only", "o")
                        .bytes());
    }

    @Test
    void entriesReplaceEntriesOfOtherTypes() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .file("tmp", "was a folder")
                        .folder("suid/", 0755)
                        .file("suid/inner", "i")
                        .folder("var/", 0750)
                        .symlink("var/cache", "/etc")
                        .folder("etc/", 0755)
                        .file("etc/shadow", "open now")
                        .bytes());
    }

    @Test
    void parentsThatOnlyLayersBelowDescribeKeepTheirMetadata() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar().file("tmp/file", "t").file("var/cache/deep/c", "c").bytes());
    }

    @Test
    void xattrsOfParentsThatOnlyLayersBelowDescribeStay() throws IOException {
        assertLikeUmoci(
                new Tar()
                        .pax(Map.of("SCHILY.xattr.user.note", "kept"))
                        .folder("opt/", 0751)
                        .folder("opt/deep/", 02710)
                        .bytes(),
                new Tar().file("opt/deep/file", "f").bytes());
    }

    @Test
    void whiteoutsInParentsThatOnlyLayersBelowDescribe() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .file("etc/.wh.passwd", "")
                        .file("var/cache/.wh..wh..opq", "")
                        .file("var/cache/new", "n")
                        .bytes());
    }

    @Test
    void folderThatItsLayerDescribesBehindAnEntryInIt() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar().file("var/cache/new", "n").folder("var/cache/", 0511).bytes());
    }

    @Test
    void parentsInAFolderDeeperThanAPilotKeepsOpen() throws IOException {
        Tar below = new Tar();
        StringBuilder path = new StringBuilder();
        for (int depth = 0; depth < 120; depth++) {
            below.folder(path.append(depth).append('/').toString(), 0700 + depth % 8);
        }
        assertLikeUmoci(below.bytes(), new Tar().file(path + "file", "f").bytes());
    }

    @Test
    void parentThatALowerLayerRemovedIsMadeAnew() throws IOException {
        layout.image(
                "image",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(
                        base().bytes(),
                        new Tar().file("var/.wh.cache", "").bytes(),
                        new Tar().file("var/cache/new", "n").bytes()));
        Map<String, String> found = store.rootfs(store.pull(layout, "image"), "c1");
        assertThat(found.get("/var/cache")).isEqualTo("40755 0:0 1970-01-01T00:00:00Z");
        assertThat(found.get("/var")).startsWith("40750 ");
        assertThat(found).containsKey("/var/cache/new").doesNotContainKey("/var/cache/a");
    }

    @Test
    void parentThatBecomesALinkLeadsNowhereElse() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .file("var/cache/x/y", "n")
                        .symlink("var/cache", "../../0/t/usr")
                        .bytes());
        assertThat(store.rootfs(store.pull(layout, "image"), "c2").get("/usr")).startsWith("40755 ");
    }

    @Test
    void parentThatIsAFileBelowIsRefused() throws IOException {
        layout.image(
                "image",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(base().bytes(), new Tar().file("suid/inner", "i").bytes()));
        assertThatThrownBy(() -> store.pull(layout, "image"))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("ENOTDIR");
        assertThat(store.driver.list()).hasSizeLessThan(2);
    }

    @Test
    void parentThatIsALinkBelowIsFollowedInsideTheRoot() throws IOException {
        assertLikeUmoci(base().bytes(), new Tar().file("lib/three", "3").bytes());
    }

    @Test
    void hardLinkToAFileOfALayerBelow() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("usr/", 0755)
                        .folder("usr/lib/", 0755)
                        .hardLink("usr/lib/shadow", "/etc/shadow")
                        .bytes());
    }

    @Test
    void middleLayersAddAndRemove() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar()
                        .folder("opt/", 0755)
                        .file("opt/a", "1")
                        .file("opt/b", "2")
                        .bytes(),
                new Tar().folder("opt/", 0700).file("opt/.wh.a", "").bytes(),
                new Tar().file("opt/a", "again").file(".wh.suid", "").bytes());
    }

    @Test
    void rootKeepsWhatALowerLayerSaysOfIt() throws IOException {
        assertLikeUmoci(
                new Tar()
                        .entry(
                                new TarHeader('5', "./", 0711)
                                        .number(Field.UID, 7)
                                        .number(Field.MTIME, 99),
                                new byte[0])
                        .file("a", "a")
                        .bytes(),
                new Tar().file("b", "b").bytes());
    }

    @Test
    void emptyLayersAndTheSameLayerTwice() throws IOException {
        byte[] some = new Tar().folder("x/", 0755).file("x/y", "z").bytes();
        assertLikeUmoci(base().bytes(), new Tar().bytes(), some, some);
    }

    @Test
    void secondContainerSeesNothingOfTheFirst() throws IOException {
        layout.image("image", "{}", OciLayout.Compression.GZIP, List.of(base().bytes()));
        PullResult result = store.pull(layout, "image");
        Map<String, String> before = store.rootfs(result, "c1");
        RootfsMount mount = store.driver.prepare(
                store.root.resolve("containers/c1"), ChainId.of(result.config().diffIds()));
        Path writable = mount instanceof RootfsMount.Overlay o ? o.upper() : ((RootfsMount.Bind) mount).folder();
        Files.writeString(writable.resolve("written"), "here");
        assertThat(store.rootfs(result, "c2")).isEqualTo(before);
    }

    @Test
    void prepareIsIdempotentAndDiscardLeavesNothing() throws IOException {
        layout.image("image", "{}", OciLayout.Compression.NONE, List.of(base().bytes()));
        PullResult result = store.pull(layout, "image");
        Path container = Files.createDirectories(store.root.resolve("containers/c"));
        RootfsMount first =
                store.driver.prepare(container, ChainId.of(result.config().diffIds()));
        assertThat(store.driver.prepare(container, ChainId.of(result.config().diffIds())))
                .isEqualTo(first);
        store.driver.discard(container);
        store.driver.discard(container);
        try (var left = Files.list(container)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void layerOfAnotherBootIsNotTrustedUnlessProven() throws IOException {
        layout.image(
                "image",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(base().bytes(), new Tar().file("b", "b").bytes()));
        PullResult result = store.pull(layout, "image");
        List<Digest> chains = ChainId.of(result.config().diffIds());
        assertThat(store.driver.has(chains)).isTrue();
        HostedPilots.run("rm", "-rf", store.space.state().toString());
        assertThat(store.driver.has(chains)).isFalse();
        Path container = Files.createDirectories(store.root.resolve("containers/c"));
        assertThatThrownBy(() -> store.driver.prepare(container, chains))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("not unpacked");

        PullResult again = store.pull(layout, "image");
        assertThat(again.unproven()).isNotEmpty();
        try (PilotProver prover = new PilotProver(store.space)) {
            prover.prove(again.unproven());
        }
        HostedPilots.run("rm", "-rf", store.space.state().toString());
        assertThat(store.driver.has(chains)).isTrue();
        assertThat(store.driver.unproven(chains)).isEmpty();
    }

    @Test
    void removeTakesAwayTheLayerAndItsUsage() throws IOException {
        layout.image("image", "{}", OciLayout.Compression.GZIP, List.of(base().bytes()));
        PullResult result = store.pull(layout, "image");
        Digest chain = ChainId.of(result.config().diffIds()).getLast();
        assertThat(store.driver.list()).containsExactly(chain);
        assertThat(store.driver.usage(chain)).isPositive();
        store.driver.remove(chain);
        store.driver.remove(chain);
        assertThat(store.driver.list()).isEmpty();
        assertThat(store.driver.usage(chain)).isZero();
        assertThat(store.driver.has(ChainId.of(result.config().diffIds()))).isFalse();
        assertThat(store.names("trash")).isEmpty();
    }

    @Test
    void layersOfASecondImageAreFoundThere() throws IOException {
        byte[] base = base().bytes();
        layout.image("one", "{}", OciLayout.Compression.GZIP, List.of(base));
        layout.image(
                "two",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(base, new Tar().file("own", "o").bytes()));
        store.pull(layout, "one");
        PullResult two = store.pull(layout, "two");
        assertThat(store.rootfs(two, "c")).containsKeys("/own", "/etc/passwd");
    }

    @Test
    void damagedLayerLeavesNothingPublished() throws IOException {
        byte[] good = base().bytes();
        byte[] bad = java.util.Arrays.copyOf(new Tar().file("x", "y").bytes(), 700);
        layout.image("image", "{}", OciLayout.Compression.GZIP, List.of(good, bad));
        assertThatThrownBy(() -> store.pull(layout, "image"))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.CORRUPT));
        assertThat(store.driver.list()).isEmpty();
        assertThat(store.images.list()).isEmpty();
        assertThat(store.names("tmp")).isEmpty();
        assertThat(store.names("content/ingest")).isEmpty();
    }
}
