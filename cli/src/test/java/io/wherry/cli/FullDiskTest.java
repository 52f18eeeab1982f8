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
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program on a disk that has no room, from the beginning or at once in the middle. */
class FullDiskTest {
    private static final int NOISE = 4_000_000;
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    static Path folder;

    private static SmallDisk disk;
    private static LayoutRegistry registry;
    private static int layers;

    @BeforeAll
    static void open() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "mounting a disk needs root");
        disk = new SmallDisk(folder, 400);
        byte[] noise = new byte[NOISE];
        new Random(5).nextBytes(noise);
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "image",
                        "{\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar()
                                        .folder("bin/", 0755)
                                        .file("bin/sh", 0755, busybox)
                                        .bytes(),
                                new Tar().file("noise", 0644, noise).bytes()));
        layers = 2;
        registry = new LayoutRegistry(layout);
    }

    @AfterAll
    static void close() {
        if (disk != null) {
            registry.close();
            disk.close();
        }
    }

    private static Command.Result wherry(String root, String... words) {
        return disk.inside(new Built(disk.point().resolve(root)).wherry(words)).run();
    }

    private static List<String> names(String root, String of) throws IOException {
        Path path = disk.seen().resolve(root).resolve(of);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static void assertSaysThatTheDiskIsFull(Command.Result result, int code) {
        assertThat(result.exit()).as("%s", result).isEqualTo(code);
        List<String> sentences =
                result.err().lines().filter(line -> !line.contains(": pulled")).toList();
        assertThat(sentences).as("%s", result).hasSize(2);
        assertThat(sentences.getFirst())
                .as("%s", result)
                .startsWith("wherry: ")
                .contains(disk.point().toString())
                .containsAnyOf(" is full.", "no space", "to stay free");
        assertThat(sentences.getLast()).startsWith("Free some space there");
    }

    @Test
    void aFolderOnAnotherDiskIsMeasuredThere() throws IOException {
        disk.fill(100 << 20);
        Path root = folder.resolve("elsewhere");
        try {
            Command pull = new Built(root).wherry("pull", "-q", registry.reference("image"), disk.point() + "/box");
            assertSaysThatTheDiskIsFull(disk.inside(pull).run(), 1);
            assertThat(names("box", ".")).isEmpty();
            try (Stream<Path> left = Files.list(disk.seen())) {
                assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("box"));
            }
        } finally {
            disk.free();
            Command.of("rm", "-rf", root.toString()).check();
        }
    }

    /** What has been sent has not been written yet. */
    private static void awaitSize(Path file, long size) throws IOException {
        for (int i = 0; i < 1000 && (!Files.exists(file) || Files.size(file) < size); i++) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void pullOnADiskThatFillsMeanwhileSaysSoAndGoesOnLater() throws IOException {
        String image = registry.reference("image");
        AtomicReference<String> noise = new AtomicReference<>();
        registry.way((blob, at) -> {
            if (at > NOISE / 2 && noise.getAndSet(blob) == null) {
                Path partial = disk.seen().resolve("pulled/content/ingest/" + blob.replace(':', '-'));
                awaitSize(partial, NOISE / 4);
                disk.fill(0);
            }
        });
        Command.Result run = wherry("pulled", "run", "--rm", image, "sh");
        assertThat(noise.get()).isNotNull();
        assertSaysThatTheDiskIsFull(run, 125);
        assertThat(names("pulled", "tmp")).isEmpty();
        assertThat(names("pulled", "trash")).isEmpty();
        assertThat(names("pulled", "images")).isEmpty();
        assertThat(names("pulled", "layers/overlay")).isEmpty();
        assertThat(names("pulled", "containers")).isEmpty();
        assertThat(names("pulled", "content/ingest"))
                .as("only what a resumed pull uses")
                .hasSizeLessThanOrEqualTo(layers);
        assertSaysThatTheDiskIsFull(wherry("pulled", "pull", "-q", image), 1);

        disk.free();
        List<Long> asked = new CopyOnWriteArrayList<>();
        registry.way((blob, at) -> {
            if (blob.equals(noise.get())) {
                asked.add(at);
            }
        });
        Command.Result again = wherry("pulled", "pull", "-q", image);
        registry.way(LayoutRegistry.Way.CLEAR);
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(asked).as("it goes on where it ended").isNotEmpty().allMatch(at -> at >= NOISE / 4);
        assertThat(names("pulled", "content/ingest")).isEmpty();
        assertThat(wherry("pulled", "run", "--rm", "--network", "none", image, "sh", "-c", "exit 7")
                        .exit())
                .isEqualTo(7);
        assertThat(wherry("pulled", "rmi", image).exit()).isZero();
    }

    @Test
    void pullLeavesRoomOnTheDiskForOthers() throws IOException {
        disk.fill(100 * MEBIBYTE);
        try {
            assertSaysThatTheDiskIsFull(wherry("reserve", "pull", "-q", registry.reference("image")), 1);
            assertThat(names("reserve", "tmp")).isEmpty();
        } finally {
            disk.free();
        }
    }

    @Test
    void pullThatCannotFitSaysHowMuchIsMissingBeforeItBegins() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        registry.way((blob, at) -> {
            if (at > 100_000) {
                asked.add(blob);
            }
        });
        disk.fill(258 * MEBIBYTE);
        try {
            Command.Result pull = wherry("before", "pull", "-q", registry.reference("image"));
            assertSaysThatTheDiskIsFull(pull, 1);
            assertThat(pull.err()).contains("needs at least 9").contains(" are missing.");
            assertThat(asked).isEmpty();
            assertThat(names("before", "content/ingest")).isEmpty();
        } finally {
            registry.way(LayoutRegistry.Way.CLEAR);
            disk.free();
        }
    }

    @Test
    void containerOnAFullDiskIsRefusedAndRemovingMakesRoom() throws IOException {
        String image = registry.reference("image");
        assertThat(wherry("full", "pull", "-q", image).exit()).isZero();
        assertThat(wherry("full", "run", "--name", "old", "--network", "none", image, "sh", "-c", "exit 0")
                        .exit())
                .isZero();
        disk.fill(0);
        try {
            for (String name : List.of("first", "second")) {
                assertSaysThatTheDiskIsFull(
                        wherry("full", "run", "--name", name, "--network", "none", image, "sh"), 125);
            }
            assertThat(names("full", "containers")).hasSize(1);
            assertThat(names("full", "names")).containsExactly("old");
            assertThat(wherry("full", "ps", "-a", "--format", "{{.Names}}").out())
                    .isEqualTo("old\n");
            assertThat(wherry("full", "rm", "old").exit()).isZero();
            assertThat(wherry("full", "rmi", image).exit()).isZero();
            assertThat(names("full", "layers/overlay")).isEmpty();
            assertThat(names("full", "content/blobs/sha256")).isEmpty();
        } finally {
            disk.free();
        }
    }

    @Test
    void endOfAContainerIsRecordedWhereItsLogHasFilledTheDisk() throws IOException {
        String image = registry.reference("image");
        assertThat(wherry("log", "pull", "-q", image).exit()).isZero();
        disk.fill(200 << 10);
        try {
            String script =
                    "i=0; while [ $i -lt 200 ]; do echo $i$(head -c 4000 /dev/zero | tr '\\0' x); i=$((i+1)); done; exit 5";
            Command.Result run =
                    wherry("log", "run", "--name", "talks", "--network", "none", image, "sh", "-c", script);
            assertThat(run.exit()).as("%s", run.err()).isEqualTo(5);
            assertThat(run.lines()).hasSize(200);
            Command.Result status = wherry("log", "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "talks");
            assertThat(status.out()).as("%s", status).isEqualTo("exited 5\n");
            String id = names("log", "containers").getFirst();
            byte[] log = Files.readAllBytes(
                    disk.seen().resolve("log/containers").resolve(id).resolve("log"));
            assertThat(log.length).isBetween(1, 300 << 10);
            assertThat(log[log.length - 1]).as("no torn line").isEqualTo((byte) '\n');
            assertThat(wherry("log", "rm", "talks").exit()).isZero();
            assertThat(wherry("log", "rmi", image).exit()).isZero();
        } finally {
            disk.free();
        }
    }
}
