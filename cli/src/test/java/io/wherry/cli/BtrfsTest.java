package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.BtrfsDisk;
import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OrdinaryUser;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program on btrfs: root's containers, and those of an ordinary user, whom root lends the disk. */
class BtrfsTest {
    private static Path folder;
    private static BtrfsDisk disk;
    private static LayoutRegistry registry;

    private String caller = "root";
    private Path root;

    @BeforeAll
    static void mount() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "mounting a disk needs root");
        folder = Files.createTempDirectory(
                Path.of("/tmp"),
                "btrfs-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        disk = new BtrfsDisk(folder, "");
        registry = new LayoutRegistry(TestImages.layered(Files.createDirectory(folder.resolve("layout"))));
    }

    @AfterAll
    static void unmount() {
        if (disk != null) {
            registry.close();
            disk.close();
            Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
        }
    }

    private void open(String who) {
        caller = who;
        root = disk.point().resolve(who + System.nanoTime());
    }

    private Command of(String... words) {
        return caller.equals("root") ? Command.of(words) : OrdinaryUser.find().command(words);
    }

    private Command wherry(String... words) {
        List<String> all = new ArrayList<>(List.of(
                Sources.root().resolve("dist/bin/wherry").toString(),
                "--root",
                root.toString(),
                "--storage-driver",
                "btrfs"));
        all.addAll(List.of(words));
        return of(all.toArray(String[]::new));
    }

    private String image() {
        return registry.reference("layers");
    }

    private Path rootfs(String name) {
        String id = wherry("inspect", "-f", "{{.Id}}", name).check().out().strip();
        return root.resolve("containers").resolve(id).resolve("rootfs");
    }

    private List<String> subvolumes() {
        String own = root.getFileName() + "/";
        return disk.subvolumes().stream()
                .filter(path -> path.startsWith(own))
                .map(path -> path.substring(own.length()))
                .toList();
    }

    @AfterEach
    void nothingStays() {
        for (String id : wherry("ps", "-aq").check().lines()) {
            wherry("rm", "-f", id).check();
        }
        wherry("rmi", image()).run();
        assertThat(subvolumes()).isEmpty();
        for (String place : List.of("containers", "names", "tmp", "trash")) {
            if (Files.exists(root.resolve(place))) {
                assertThat(root.resolve(place)).isEmptyDirectory();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "user"})
    void containersAndTheirClonesShareTheImagesBlocks(String who) {
        open(who);
        wherry("pull", "-q", image()).check();
        assertThat(subvolumes()).hasSize(3).allMatch(path -> path.startsWith("layers/btrfs"));
        String first = wherry("run", "--name", "original", image(), "sh", "-c", CloneTest.CHANGES)
                .check()
                .out();
        assertThat(first).contains("/own drwx---r-x 1 0", "new\nchanged\nkept\nruns: 0\n");
        wherry("clone", "original", "copy").check();
        String later = first.replace("runs: 0", "runs: 1");
        assertThat(wherry("start", "-a", "copy").check().out()).isEqualTo(later);
        assertThat(wherry("start", "-a", "original").check().out()).isEqualTo(later);
        assertThat(subvolumes()).hasSize(5);
        assertThat(wherry("run", "--rm", "-u", "app", image(), "id", "-u")
                        .check()
                        .out())
                .as("a user's name is looked up in the image")
                .isEqualTo("1000\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "user"})
    void oneThatRunsIsClonedWithoutBeingHeldUp(String who) {
        open(who);
        wherry("run", "-d", "--name", "original", image(), "sh", "-c", "while :; do sleep 1; done")
                .check();
        wherry("clone", "original").check();
        assertThat(wherry("inspect", "-f", "{{.State.Status}}", "original")
                        .check()
                        .out())
                .isEqualTo("running\n");
    }

    /** A snapshot would show them empty. */
    @ParameterizedTest
    @ValueSource(strings = {"root", "user"})
    void subvolumesThatAContainerMadeComeWithTheCloneAndGoWithBoth(String who) throws IOException {
        open(who);
        wherry("create", "--name", "original", image(), "cat", "/tmp/one/two/file")
                .check();
        of("sh", "-ec", """
                cd %s/tmp
                btrfs subvolume create one
                btrfs subvolume create one/two
                echo deep >one/two/file
                btrfs subvolume snapshot -r one/two one/locked
                mkdir closed && touch closed/file && chmod 0 closed
                """.formatted(rootfs("original"))).check();
        wherry("clone", "original", "copy").check();
        assertThat(wherry("start", "-a", "copy").check().out()).isEqualTo("deep\n");
        assertThat(rootfs("copy").resolve("tmp/one/locked/file")).hasContent("deep");
        wherry("rm", "original").check();
        assertThat(wherry("start", "-a", "copy").check().out()).isEqualTo("deep\n");
    }

    @Test
    void aContainerRunsWithTheDriverThatItWasMadeWith() {
        open("root");
        wherry("create", "--name", "subvolume", image(), "true").check();
        for (String other : List.of("overlay", "dir")) {
            Command.Result made = Command.of(
                            Sources.root().resolve("dist/bin/wherry").toString(),
                            "--root",
                            root.toString(),
                            "--storage-driver",
                            other,
                            "create",
                            "--name",
                            other,
                            image(),
                            "true")
                    .run();
            assertThat(made.exit()).as("%s", made).isZero();
        }
        for (String name : List.of("subvolume", "overlay", "dir")) {
            wherry("start", "-a", name).check();
            assertThat(wherry("inspect", "-f", "{{.Driver}}", name)
                            .check()
                            .out()
                            .strip())
                    .isEqualTo(name.equals("subvolume") ? "btrfs" : name);
        }
        assertThat(wherry("info", "-f", "{{.Driver}}: {{.DriverWhy}}").check().out())
                .isEqualTo("btrfs: `--storage-driver` says so\n");
    }

    /** Quotas are on for this test only: they make snapshots slower. */
    @Test
    void whatAContainerWritesCanBeLimited() throws InterruptedException {
        open("root");
        List<String> fill =
                List.of(image(), "sh", "-c", "dd if=/dev/urandom of=/file bs=1M count=20 2>&1; wc -c </file");
        String[] limited = words(List.of("run", "--name", "limited", "--storage-opt", "size=8m"), fill);
        assertThat(wherry(limited).run().err()).contains("has no quotas", "btrfs quota enable");
        assertThat(wherry("ps", "-aq").check().out()).isEmpty();
        Command.of("btrfs", "quota", "enable", disk.point().toString()).check();
        try {
            assertThat(wherry(limited).run().out()).contains("quota exceeded");
            wherry("clone", "limited", "copy").check();
            assertThat(wherry("start", "-a", "copy").run().out()).contains("quota exceeded");
            assertThat(wherry("inspect", "-f", "{{.HostConfig.StorageOpt.size}}", "copy")
                            .check()
                            .out())
                    .isEqualTo("8388608\n");
            assertThat(wherry(words(List.of("run", "--rm"), fill)).check().out())
                    .endsWith("20971520\n");
            wherry("rm", "limited", "copy").check();
            for (int second = 0; groups().contains("8.00MiB") && second < 20; second++) {
                Thread.sleep(1000); // the disk's own thread removes them with their subvolumes
            }
            assertThat(groups()).doesNotContain("8.00MiB");
        } finally {
            Command.of("btrfs", "quota", "disable", disk.point().toString()).check();
        }
    }

    private static String[] words(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private static String groups() {
        Command.of("btrfs", "filesystem", "sync", disk.point().toString()).check();
        return Command.of("btrfs", "qgroup", "show", "-re", disk.point().toString())
                .check()
                .out();
    }

    @Test
    void aLimitThatCannotBeHadIsRefused() {
        open("user");
        List<String> run = List.of("run", "--rm", "--storage-opt", "size=8m");
        List<String> command = List.of(image(), "true");
        assertThat(wherry(words(run, command)).run().err()).contains("quotas of btrfs are for root to set");
        assertThat(wherry("run", "--storage-opt", "inodes=8", image()).run().err())
                .contains("takes `size=SIZE`");
        assertThat(wherry("run", "--storage-opt", "size=0", image()).run().err())
                .contains("takes a size of more than nothing");
        assertThat(wherry("run", "--storage-opt", "size=-1", image()).run().err())
                .contains("takes a size such as");
        assertThat(wherry(words(run, List.of("--rootfs", "/", "true"))).run().err())
                .contains("a folder of the host is not the container's own");
        assertThat(wherry(words(List.of("--storage-driver", "dir"), List.of(words(run, command))))
                        .run()
                        .err())
                .contains("the storage driver `dir` has no limits");
        open("root");
        assertThat(wherry(words(List.of("--storage-driver", "overlay"), List.of(words(run, command))))
                        .run()
                        .err())
                .contains("the btrfs at " + disk.point(), "has no quotas of projects", "--storage-driver btrfs");
        assertThat(wherry("ps", "-aq").check().out()).isEmpty();
    }

    @Test
    void whereThereIsNoBtrfsTheDriverIsRefused(@TempDir Path elsewhere) {
        open("root");
        Command.Result refused = Command.of(
                        Sources.root().resolve("dist/bin/wherry").toString(),
                        "--root",
                        elsewhere.resolve("root").toString(),
                        "run",
                        "--rm",
                        "hello")
                .with("WHERRY_STORAGE_DRIVER", "btrfs")
                .run();
        assertThat(refused.exit()).isEqualTo(125);
        assertThat(refused.err())
                .contains("needs a root on btrfs")
                .contains(elsewhere + "/root is on ")
                .contains("WHERRY_STORAGE_DRIVER says so");
    }
}
