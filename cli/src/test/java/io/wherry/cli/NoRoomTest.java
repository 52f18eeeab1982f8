package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.OrdinaryUser;
import io.wherry.testkit.SmallDisk;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What shows and makes room works with no byte and with no inode free, as root and as a user, whatever keeps the layers: the reserve is given up for it, and is there again later. All state is on
 * that disk, volatile records too.
 */
class NoRoomTest {
    private static final int MEBIBYTES = 400;
    private static final int INODES = 1500;
    private static final String SLEEP = "trap 'exit 0' TERM; while :; do busybox sleep 1; done";

    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static OrdinaryUser user;
    private static LayoutRegistry registry;
    private static String image;
    private static int commands;

    private Built built;
    private boolean asUser;
    private String driver;

    @BeforeAll
    static void open() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "mounting a disk needs root");
        disk = SmallDisk.ofInodes(folder, MEBIBYTES, INODES);
        user = OrdinaryUser.find();
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "image",
                        "{\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar()
                                        .folder("bin/", 0755)
                                        .file("bin/busybox", 0755, busybox)
                                        .symlink("bin/sh", "busybox")
                                        .bytes(),
                                new Tar().file("second", 0644, new byte[100]).bytes()));
        registry = new LayoutRegistry(layout);
        image = registry.reference("image");
        Command.of("chmod", "a+rx", folder.toString()).check();
    }

    @AfterEach
    void free() {
        disk.free();
        if (built != null) {
            wherry("rm", "-f", "lost", "running", "ended", "other");
            Command.of("rm", "-rf", "--one-file-system", seen("").toString()).run();
        }
    }

    @AfterAll
    static void close() {
        if (disk != null) {
            registry.close();
            disk.close();
            System.out.printf("%d commands without room, all worked%n", commands);
        }
    }

    private Path seen(String below) {
        return disk.seen().resolve("root-" + asUser + driver).resolve(below);
    }

    private Command.Result wherry(String... words) {
        List<String> all = new ArrayList<>(List.of("--storage-driver", driver));
        all.addAll(List.of(words));
        Command command = built.wherry(all.toArray(new String[0]));
        return disk.inside(asUser ? user.command(command.words().toArray(new String[0])) : command)
                .run();
    }

    private void works(String... words) {
        Command.Result result = wherry(words);
        assertThat(result.exit())
                .as("%s of %s, %s", List.of(words), asUser, result)
                .isZero();
        commands++;
    }

    private void prepare(String storage, boolean ordinary) throws IOException {
        asUser = ordinary;
        driver = storage;
        built = new Built(disk.point().resolve("root-" + asUser + driver));
        if (ordinary) {
            Command.of("install", "-d", "-m", "700", "-o", user.name(), seen("").toString())
                    .check();
        }
        for (List<String> words : List.of(
                List.of("run", "-d", "--name", "running", "--network", "none", image, "sh", "-c", SLEEP),
                List.of("run", "-d", "--name", "lost", "--network", "none", image, "sh", "-c", SLEEP),
                List.of("run", "-d", "--name", "other", "--network", "none", image, "sh", "-c", SLEEP),
                List.of("run", "--name", "ended", "--network", "none", image, "sh", "-c", "echo hello"))) {
            Command.Result result = wherry(words.toArray(new String[0]));
            assertThat(result.exit()).as("%s", result).isZero();
        }
        assertThat(Files.size(seen("reserve/bytes"))).isEqualTo(1 << 20);
    }

    /** Whoever finds it must write down how it ended. */
    private void loseTheMonitor() throws IOException {
        String id = wherry("inspect", "-f", "{{.Id}}", "lost").out().strip();
        Path started = seen("volatile/c").resolve(id.substring(0, 12)).resolve("started");
        for (String line : Files.readAllLines(started)) {
            if (line.startsWith("monitor ")) {
                Command.of("kill", "-9", line.substring("monitor ".length())).check();
            }
        }
    }

    private void everythingWorks() throws IOException {
        loseTheMonitor();
        works("rm", "lost");
        works("ps", "-a");
        works("logs", "ended");
        works("system", "df");
        works("images");
        works("inspect", "ended");
        works("stop", "-t", "1", "running");
        works("rm", "running");
        works("rm", "-f", "other");
        works("container", "prune", "-f");
        works("rmi", image);
        works("image", "prune", "-f");
        works("system", "prune", "-af");
        works("ps", "-a");
        assertThat(wherry("ps", "-aq").out()).isEmpty();
        assertThat(wherry("images", "-q").out()).isEmpty();
    }

    private void withoutRoom(String storage, boolean ordinary) throws IOException {
        prepare(storage, ordinary);
        disk.fill(0);
        everythingWorks();
        disk.free();
        prepare(storage, ordinary);
        disk.fillInodes();
        everythingWorks();
        disk.free();
        assertThat(wherry("system", "prune", "-f").exit()).isZero();
        assertThat(Files.size(seen("reserve/bytes"))).as("made again").isEqualTo(1 << 20);
    }

    @Test
    void asRootOnOverlay() throws IOException {
        withoutRoom("overlay", false);
    }

    @Test
    void asRootOnFolders() throws IOException {
        assumeTrue(System.getenv("WHERRY_ALL") != null, "in the whole run");
        withoutRoom("dir", false);
    }

    @Test
    void asAUserOnOverlay() throws IOException {
        withoutRoom("overlay", true);
    }

    @Test
    void asAUserOnFolders() throws IOException {
        assumeTrue(System.getenv("WHERRY_ALL") != null, "in the whole run");
        withoutRoom("dir", true);
    }
}
