package io.wherry.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import io.wherry.store.pull.PullResult;
import io.wherry.store.tree.HostedPilots;
import io.wherry.testkit.BtrfsDisk;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class BtrfsDriverTest extends LayerDriverContract {
    private static BtrfsDisk disk;

    @BeforeAll
    static void mount(@TempDir(cleanup = CleanupMode.NEVER) Path folder) {
        disk = new BtrfsDisk(folder, "commit=1"); // seconds, until what was removed is gone
    }

    @AfterAll
    static void unmount() {
        disk.close();
    }

    @Override
    LayerDriver driver(StoreSpace space) {
        return new BtrfsDriver(space);
    }

    @Override
    Path disk() throws IOException {
        return Files.createTempDirectory(disk.point(), "store");
    }

    /** {@return the subvolumes of this test's store, as paths in it} */
    private List<String> subvolumes() {
        String own = disk.point().relativize(store.root) + "/";
        return disk.subvolumes().stream()
                .filter(path -> path.startsWith(own))
                .map(path -> path.substring(own.length()))
                .toList();
    }

    private static List<Digest> chains(PullResult result) {
        return ChainId.of(result.config().diffIds());
    }

    private PullResult base(String tag, byte[]... above) throws IOException {
        List<byte[]> layers = new java.util.ArrayList<>(List.of(base().bytes()));
        layers.addAll(List.of(above));
        layout.image(tag, "{}", OciLayout.Compression.GZIP, layers);
        return store.pull(layout, tag);
    }

    @Test
    void imagesShareTheLayersThatTheyHaveInCommon() throws IOException {
        PullResult one = base("one");
        Path tree = store.root.resolve(
                "layers/btrfs/" + LayerFolders.name(chains(one).getFirst()) + "/t/etc/passwd");
        Object made = Files.getAttribute(tree, "unix:ctime");
        PullResult two = base("two", new Tar().file("own", "o").bytes());
        assertThat(chains(two).getFirst()).isEqualTo(chains(one).getFirst());
        assertThat(Files.getAttribute(tree, "unix:ctime")).isEqualTo(made);
        assertThat(subvolumes())
                .containsExactlyInAnyOrderElementsOf(chains(two).stream()
                        .map(chain -> "layers/btrfs/" + LayerFolders.name(chain) + "/t")
                        .toList());
        store.driver.remove(chains(one).getFirst()); // and the one above is whole without it
        assertThat(store.rootfs(two, "c")).containsKeys("/own", "/etc/passwd");
    }

    @Test
    void layersAboveOneThatNeedsTwoReadingsAreMadeOnTheRightOne() throws IOException {
        assertLikeUmoci(
                base().bytes(),
                new Tar().file("etc/new", "n").file("etc/.wh..wh..opq", "").bytes(),
                new Tar().file("etc/above", "a").bytes());
    }

    @Test
    void containersDoNotSeeEachOthersChangesNorTheImage() throws IOException {
        PullResult image = base("image");
        store.rootfs(image, "one");
        store.rootfs(image, "two");
        Files.writeString(store.root.resolve("containers/one/rootfs/etc/passwd"), "mine");
        assertThat(store.root.resolve("containers/two/rootfs/etc/passwd")).hasContent("root:x:0:0::/root:/bin/sh");
        assertThat(store.rootfs(image, "three")).isEqualTo(store.rootfs(image, "two"));
    }

    /** What a container can do to its root, which is not to keep anybody from removing it. */
    private Path hostile(PullResult image) throws IOException {
        store.rootfs(image, "c");
        Path rootfs = store.root.resolve("containers/c/rootfs");
        HostedPilots.run("sh", "-ec", """
                cd %s
                btrfs subvolume create one
                mkdir -p one/deep/er; echo x >one/deep/er/file
                btrfs subvolume create one/deep/two
                echo x >one/deep/two/file
                btrfs subvolume snapshot -r one/deep/two one/locked
                btrfs subvolume create empty
                btrfs subvolume create tmp/shut; echo x >tmp/shut/file; chmod 0 tmp/shut
                btrfs property set tmp/shut ro true
                """.formatted(rootfs));
        return rootfs.getParent();
    }

    @Test
    void subvolumesThatContainersMadeGoWithThem() throws IOException {
        PullResult image = base("image");
        Path container = hostile(image);
        store.driver.discard(container);
        assertThat(container).isEmptyDirectory();
        assertThat(subvolumes()).hasSize(1);
        assertThat(store.names("trash")).isEmpty();
    }

    /** Destroying a subvolume is root's alone; a user's goes like any folder. */
    @Test
    void subvolumesGoAlsoWithoutTheRightToDestroyThem() throws IOException {
        PullResult image = base("image");
        Path container = hostile(image);
        StoreSpace user = new StoreSpace(
                store.root,
                store.space.state(),
                "",
                store.space.ownership(),
                store.space.limits(),
                new HostedPilots("-U"),
                store.space.durable(),
                store.locks);
        new BtrfsDriver(user).discard(container);
        assertThat(container).isEmptyDirectory();
        assertThat(subvolumes()).hasSize(1);
    }

    @Test
    void halfMadeLayersAreSweptAway() throws IOException {
        StoreSpace.Temporary temporary = store.space.temporary();
        Path half = Files.createDirectories(temporary.folder().resolve("0"));
        new Subvolumes(store.space).make(half.resolve("t"));
        Files.writeString(half.resolve("t/file"), "x");
        assertThat(subvolumes()).hasSize(1);
        assertThat(store.space.sweep()).isZero(); // somebody is at it
        temporary.lock().close();
        assertThat(store.space.sweep()).isEqualTo(1);
        assertThat(subvolumes()).isEmpty();
    }

    @Test
    void whatIsNoSubvolumeIsNotSnapshotAndNothingIsReplaced() throws IOException {
        Files.createDirectories(store.root.resolve("plain"));
        Files.writeString(store.root.resolve("plain/file"), "x");
        Subvolumes subvolumes = new Subvolumes(store.space);
        assertThatThrownBy(() -> subvolumes.snapshot(store.root.resolve("plain"), store.root.resolve("copy")))
                .isInstanceOfSatisfying(
                        TreeException.class, e -> assertThat(e.errno()).isEqualTo(22));
        assertThatThrownBy(() -> subvolumes.make(store.root.resolve("plain")))
                .isInstanceOfSatisfying(
                        TreeException.class, e -> assertThat(e.errno()).isEqualTo(17));
        assertThat(store.root.resolve("plain/file")).hasContent("x");
        assertThat(store.root.resolve("copy")).doesNotExist();
    }

    @Test
    void linkIsNotFollowedToASubvolume() throws IOException {
        new Subvolumes(store.space).make(store.root.resolve("real"));
        Files.createSymbolicLink(store.root.resolve("link"), Path.of("real"));
        try (TreeSession session = store.pilots.open(TreeTarget.plain(store.root));
                TreeStream out = new TreeStream(session, TreeStream.Parents.REQUIRE, folder.resolve("spill"))) {
            out.remove("link");
            out.finish();
        }
        assertThat(store.root.resolve("link")).doesNotExist();
        assertThat(subvolumes()).containsExactly("real");
    }

    @Test
    void noQuotaGroupIsLeft() throws IOException {
        HostedPilots.run("btrfs", "quota", "enable", disk.point().toString());
        try {
            PullResult image = base("image");
            store.driver.discard(hostile(image));
            store.driver.remove(chains(image).getFirst());
            HostedPilots.run("btrfs", "subvolume", "sync", disk.point().toString());
            HostedPilots.run("btrfs", "filesystem", "sync", disk.point().toString());
            String groups =
                    HostedPilots.run("btrfs", "qgroup", "show", disk.point().toString());
            List<String> ids = subvolumeIds();
            assertThat(groups.lines()
                            .filter(line -> line.startsWith("0/"))
                            .map(line -> line.split(" +")[0])
                            .filter(group -> !group.equals("0/5")))
                    .allMatch(group -> ids.contains(group.substring(2)));
        } finally {
            HostedPilots.run("btrfs", "quota", "disable", disk.point().toString());
        }
    }

    private static List<String> subvolumeIds() throws IOException {
        return HostedPilots.run("btrfs", "subvolume", "list", disk.point().toString())
                .lines()
                .map(line -> line.split(" ")[1])
                .toList();
    }
}
