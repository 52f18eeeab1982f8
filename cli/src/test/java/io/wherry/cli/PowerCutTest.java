package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.SmallDisk;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power fails while a command runs, or the moment it has ended. The disk is ext4 or btrfs in a file that writes nothing by itself (commit=300), and a copy of the file is what the disk had then. A command is delayed
 * before each of its syncs, also in the pilot that proves layers behind it, so that every state that the disk goes through can be copied, each once. A copy is then mounted in the place of the disk,
 * under another boot id and without volatile records, and looked at: an image that is listed has every byte, as it runs; a container is whole or not there; everything can be removed and made again. A sample of the states,
 * each test on one disk, or with WHERRY_ALL all on all; the counts are printed.
 */
class PowerCutTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int SAMPLE = 3;
    private static final int FILES = 40;
    private static final int SYNC_DELAY_MICROS = 150_000;
    private static final String NEVER_BY_ITSELF = "loop,commit=300";
    private static final String MADE = "made:1";
    private static final String SUMS =
            "cd /; find . -xdev -type f ! -path './proc/*' ! -path './sys/*' ! -path './dev/*' ! -path './etc/host*' "
                    + "! -path './etc/resolv.conf' | sort | xargs sha256sum";
    private static final String CHANGE =
            "[ -e /own ] || { mkdir /own; cp /data0/1* /own; rm -r /data1/2*; echo x >>/data0/3; }; ";

    /** What the root lies on, and how containers get their roots there. */
    private enum Disk {
        EXT4("overlay"),
        BTRFS("overlay"),
        BTRFS_WITH_SUBVOLUMES("btrfs");

        private final String driver;

        Disk(String driver) {
            this.driver = driver;
        }

        Path made(Path image) {
            return this == EXT4
                    ? SmallDisk.made(
                            image,
                            400,
                            List.of("-J", "size=4", "-N", "4000", "-E", "lazy_itable_init=0,lazy_journal_init=0"))
                    : SmallDisk.madeBtrfs(image, 600);
        }
    }

    @TempDir
    static Path folder;

    private static LayoutRegistry registry;
    private static String image;
    private static String driver = "";
    private static int tests;
    private static int cuts;
    private static int whole;
    private static int absent;

    private Path point;
    private Path disk;
    private SmallDisk mounted;
    private int states;

    @BeforeAll
    static void serve() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "mounting a disk needs root");
        Command.requireTool("strace", "strace");
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        Random random = new Random(11);
        List<byte[]> layers = new ArrayList<>();
        Tar base = new Tar()
                .folder("bin/", 0755)
                .file("bin/busybox", 0755, busybox)
                .symlink("bin/sh", "busybox");
        for (String name : List.of("find", "sort", "xargs", "sha256sum")) {
            base.symlink("bin/" + name, "busybox");
        }
        layers.add(base.bytes());
        for (int layer = 0; layer < 2; layer++) {
            Tar tar = new Tar().folder("data" + layer + "/", 0755);
            for (int i = 0; i < FILES; i++) {
                byte[] content = new byte[1 + random.nextInt(20_000)];
                random.nextBytes(content);
                tar.file("data" + layer + "/" + i, 0644, content);
            }
            layers.add(tar.bytes());
        }
        registry = new LayoutRegistry(OciLayout.create(folder.resolve("layout"))
                .image("image", "{\"Cmd\":[\"sh\"]}", OciLayout.Compression.GZIP, layers));
        image = registry.reference("image");
    }

    @AfterAll
    static void close() {
        if (registry != null) {
            registry.close();
            System.out.printf(
                    "%d power cuts: %d left all whole, %d nothing yet, 0 served damage%n", cuts, whole, absent);
        }
    }

    /** In a sample each test takes the next one. */
    static Stream<Disk> disks() {
        Disk[] all = Disk.values();
        return ALL ? Stream.of(all) : Stream.of(all[tests++ % all.length]);
    }

    private void mount(Disk kind) {
        driver = kind.driver;
        point = folder.resolve("point");
        disk = kind.made(folder.resolve("disk.img"));
        mounted = SmallDisk.mounted(disk, point, NEVER_BY_ITSELF);
        states = 0;
    }

    /** Behind it nothing of the disk is in use: btrfs is not mounted twice. */
    private static void unmount(SmallDisk mounted, Path disk) {
        mounted.close();
        Command devices = Command.of("losetup", "-n", "-O", "NAME", "-j", disk.toString());
        for (int i = 0; !devices.check().out().isEmpty(); i++) {
            assertThat(i).as("%s is still in use", disk).isLessThan(1000);
            LockSupport.parkNanos(10_000_000);
        }
        Command.of("sh", "-c", "! [ -e /dev/btrfs-control ] || btrfs device scan --forget")
                .check();
    }

    @AfterEach
    void clean() {
        unmount(mounted, disk);
        Command.of("sh", "-c", "rm -rf " + folder + "/disk.img " + folder + "/cut-* " + folder + "/state*")
                .check();
    }

    private Command command(Path state, String... words) {
        List<String> all = new ArrayList<>(List.of("--state", state.toString(), "--storage-driver", driver));
        all.addAll(List.of(words));
        return new Built(point.resolve("root")).wherry(all.toArray(new String[0]));
    }

    private Command.Result now(String... words) {
        return mounted.inside(command(folder.resolve("state"), words)).check();
    }

    /** Runs the command and copies every state that the disk goes through; {@return the copies, the last when all is over} */
    private List<Path> cutting(String... words) throws IOException {
        Command traced = command(folder.resolve("state"), words)
                .under(
                        "strace",
                        "-f",
                        "-o",
                        "/dev/null",
                        "-e",
                        "trace=fsync,fdatasync,syncfs",
                        "-e",
                        "inject=fsync,fdatasync,syncfs:delay_enter=" + SYNC_DELAY_MICROS);
        Path counters = Path.of("/sys/block")
                .resolve(Path.of(Command.of("losetup", "-n", "-O", "NAME", "-j", disk.toString())
                                .check()
                                .out()
                                .strip())
                        .getFileName())
                .resolve("stat");
        List<Path> copies = new ArrayList<>();
        Process process = mounted.inside(traced).start();
        String last = "";
        boolean over;
        do {
            over = !process.isAlive();
            String before = Files.readString(counters);
            if (!before.equals(last)) {
                Path copy = folder.resolve("cut-" + states);
                Command.of("cp", "--sparse=always", disk.toString(), copy.toString())
                        .check();
                if (Files.readString(counters).equals(before)) { // nothing was written meanwhile
                    copies.add(copy);
                    states++;
                    last = before;
                }
            }
        } while (!over);
        assertThat(process.exitValue()).as("%s", List.of(words)).isZero();
        return copies;
    }

    /** What a machine that comes up again finds. */
    private void each(List<Path> copies, Consumer<After> look) {
        unmount(mounted, disk);
        int step = ALL ? 1 : Math.max(1, copies.size() / SAMPLE);
        for (int i = copies.size() - 1; i >= 0; i -= step) { // the last are the moment that it ended, and later
            SmallDisk copy = SmallDisk.mounted(copies.get(i), point, "loop");
            cuts++;
            try {
                look.accept(new After(
                        copy, folder.resolve("state-" + copies.get(i).getFileName()), i, i == copies.size() - 1));
            } finally {
                unmount(copy, copies.get(i));
            }
        }
        mounted = SmallDisk.mounted(disk, point, NEVER_BY_ITSELF);
    }

    /** The machine after the cut. */
    private final class After {
        private final SmallDisk copy;
        private final Path state;
        private final int cut;
        private final boolean reported;

        /** With {@code reported}, the command had ended and said that it had worked. */
        After(SmallDisk copy, Path state, int cut, boolean reported) {
            this.copy = copy;
            this.state = state;
            this.cut = cut;
            this.reported = reported;
        }

        Command.Result run(String... words) {
            Command inside = command(state, words).under("unshare", "--mount", "sh", "-ec", """
                            echo 00000000-0000-4000-8000-000000000000 >%1$s.boot
                            mount --bind %1$s.boot /proc/sys/kernel/random/boot_id
                            exec "$@"
                            """.formatted(state), "sh");
            return copy.inside(inside).run();
        }

        String works(String... words) {
            Command.Result result = run(words);
            assertThat(result.exit()).as("cut %d: %s", cut, result).isZero();
            return result.out();
        }
    }

    private String sums() {
        return now("run", "--rm", "--network", "none", image, "sh", "-c", SUMS).out();
    }

    private static boolean hasWholeImage(After after, String sums) {
        return hasWholeImage(after, image, sums);
    }

    /** {@return whether the image is listed; then it is whole} */
    private static boolean hasWholeImage(After after, String name, String sums) {
        boolean listed = after.works("images", "--format", "{{.Repository}}:{{.Tag}}")
                .lines()
                .anyMatch(name::equals);
        if (listed) {
            assertThat(after.works("run", "--rm", "--network", "none", name, "sh", "-c", SUMS))
                    .as("cut %d", after.cut)
                    .isEqualTo(sums);
        }
        return listed;
    }

    /** The image is whole; or it is not there, nobody has said that it was, and the command makes it. */
    private void isWholeOrMadeAgain(After after, String name, String sums, String... command) {
        if (hasWholeImage(after, name, sums)) {
            whole++;
            return;
        }
        assertThat(after.reported).isFalse();
        absent++;
        after.works(command);
        assertThat(hasWholeImage(after, name, sums)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aPulledImageIsWholeOrMadeWholeOrNotThere(Disk kind) throws IOException {
        mount(kind);
        List<Path> copies = cutting("pull", "-q", image);
        String sums = sums();
        assertThat(sums.lines()).hasSize(1 + 2 * FILES);
        each(copies, after -> {
            isWholeOrMadeAgain(after, image, sums, "pull", "-q", image);
            assertThat(after.works("check", "--full", "-q")).contains(" 0 damaged");
            after.works("system", "prune", "-af");
        });
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aCommittedImageIsWholeOrNotThereAndWhatItWasMadeOfStays(Disk kind) throws IOException {
        mount(kind);
        now("pull", "-q", image);
        String sums = sums();
        String changed = now("run", "--name", "box", "--network", "none", image, "sh", "-c", CHANGE + SUMS)
                .out();
        assertThat(changed).isNotEqualTo(sums).contains("/own/1");
        mounted.inside(Command.of("sync", "-f", point.toString())).check(); // what a container wrote is its own affair
        each(cutting("commit", "box", MADE), after -> {
            isWholeOrMadeAgain(after, MADE, changed, "commit", "box", MADE);
            assertThat(hasWholeImage(after, sums)).isTrue();
            assertThat(after.works("start", "-a", "box")).isEqualTo(changed);
            assertThat(after.works("check", "--full", "-q")).contains(" 0 damaged");
            after.works("system", "prune", "-af");
        });
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aContainerIsWholeOrNotThere(Disk kind) throws IOException {
        mount(kind);
        now("pull", "-q", image);
        String sums = sums();
        List<Path> created = cutting("create", "--name", "box", "--network", "none", image, "sh", "-c", SUMS);
        each(created, after -> {
            if (after.works("ps", "-aq").isEmpty()) {
                assertThat(after.reported).isFalse();
                absent++;
            } else {
                assertThat(after.works("start", "-a", "box")).isEqualTo(sums);
                whole++;
            }
            after.works("rm", "-f", "box");
            assertThat(hasWholeImage(after, sums)).isTrue();
        });
        List<Path> removed = cutting("rm", "box");
        each(removed, after -> {
            boolean there = !after.works("ps", "-aq").isEmpty();
            if (there) {
                assertThat(after.reported).isFalse();
                assertThat(after.works("start", "-a", "box")).isEqualTo(sums);
            }
            whole++;
            assertThat(hasWholeImage(after, sums)).isTrue();
            after.works("create", "--name", "box" + (there ? "2" : ""), "--network", "none", image, "sh");
            after.works("system", "prune", "-af");
        });
    }
}
