package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Commands that make, fill and remove volumes, killed at a system call: who has the volume next finds all of the image's files in it or none, whatever was killed, and nothing is left behind. A sample of the points; {@code WHERRY_SEED} chooses.
 */
class VolumesCrashTest {
    private static final int SAMPLE = 6;
    private static final String[] CALLS = {
        "mkdir",
        "mkdirat",
        "rename",
        "unlink",
        "rmdir",
        "fsync",
        "write",
        "copy_file_range",
        "ioctl",
        "fchown",
        "utimensat",
        "syncfs",
        "open_tree",
        "fsconfig",
        "openat2",
        "unlinkat"
    };

    private Path folder;
    private Built built;
    private String image;

    @BeforeEach
    void open() throws IOException {
        Command.requireTool("strace", "strace");
        folder = Files.createTempDirectory(Path.of("/tmp"), "volumes-crash-").toRealPath();
        built = new Built(folder.resolve("root"));
        Tar data = new Tar().folder("data/", 0755);
        for (int i = 0; i < 20; i++) {
            data.file("data/" + i, "number " + i + "\n");
        }
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "data",
                        "{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(TestImages.busyboxLayer(), data.bytes()));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            image = registry.reference("data");
            built.wherry("pull", "-q", image).check();
        }
    }

    @AfterEach
    void close() {
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private List<String> run(String script) {
        return List.of("run", "--rm", "--network", "none", "-v", "data:/data", image, "sh", "-c", script);
    }

    @Test
    void whoComesNextFindsAVolumeWholeOrMakesItAnew() throws IOException {
        String given = System.getenv("WHERRY_SEED");
        Random random = new Random(given == null ? 1 : Long.parseLong(given));
        List<List<String>> subjects =
                List.of(run("true"), List.of("volume", "create", "data"), run("true"), List.of("volume", "rm", "data"));
        for (int i = 0; i < SAMPLE; i++) {
            List<String> words = subjects.get(i % subjects.size());
            if (words.contains("rm") && words.getFirst().equals("volume")) {
                built.wherry(run("true").toArray(String[]::new)).check();
            }
            String call = CALLS[random.nextInt(CALLS.length)];
            int when = 1 + random.nextInt(3);
            kill(words, call, when);
            heal(String.join(" ", words) + ", killed at " + call + " " + when);
        }
        built.wherry("rmi", image).check(); // which sweeps
        for (String place : List.of("tmp", "trash", "volumes", "containers")) {
            try (Stream<Path> entries = Files.list(built.root().resolve(place))) {
                assertThat(entries).as("left in %s", place).isEmpty();
            }
        }
    }

    private void kill(List<String> words, String call, int when) {
        List<String> traced = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec \"$@\" >" + folder + "/out 2>&1",
                "sh",
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":signal=KILL:when=" + when));
        traced.addAll(built.wherry(words.toArray(String[]::new)).words());
        Command.of(traced).run();
    }

    private void heal(String what) {
        String count = "ls /data | wc -l; cat /data/19";
        assertThat(built.wherry(run(count).toArray(String[]::new)).run().out())
                .as(what)
                .isEqualTo("20\nnumber 19\n");
        built.wherry("ps", "-a").check();
        for (String id : built.wherry("ps", "-aq").check().lines()) { // made, and never started
            built.wherry("rm", "-f", id).check();
        }
        assertThat(built.wherry("volume", "rm", "data").check().out()).as(what).isEqualTo("data\n");
        assertThat(built.wherry("volume", "ls", "-q").check().out()).as(what).isEmpty();
    }
}
