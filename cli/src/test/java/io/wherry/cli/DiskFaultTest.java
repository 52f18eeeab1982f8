package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The disk refuses: a system call of a pull, in whichever of its processes, fails with ENOSPC or EIO, at its n-th time. The pull ends with a sentence and no stack trace, or did without that call; the image has no name unless
 * it is whole; nothing is stranded but what a resumed download uses; the next pull works. A sample (WHERRY_SEED chooses another), or with WHERRY_ALL all; the count is printed.
 */
class DiskFaultTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int SAMPLE = 6;
    private static final int MOST_CALLS = 60;
    private static final String[] CALLS = {
        "write",
        "fsync",
        "rename",
        "renameat2",
        "mkdir",
        "mkdirat",
        "syncfs",
        "linkat",
        "symlinkat",
        "ftruncate",
        "fchmod"
    };
    private static final String[] ERRORS = {"ENOSPC", "EIO"};

    private Path folder;
    private Built built;
    private LayoutRegistry registry;
    private String image;

    @BeforeEach
    void open() throws IOException {
        Command.requireTool("strace", "strace");
        folder = Files.createTempDirectory(Path.of("/tmp"), "fault-").toRealPath();
        built = new Built(folder.resolve("root"));
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        registry = new LayoutRegistry(OciLayout.create(folder.resolve("layout"))
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
                                new Tar()
                                        .file("word", "kept\n")
                                        .hardLink("again", "word")
                                        .bytes())));
        image = registry.reference("image");
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** {@return whether the call was made so often that it failed} */
    private boolean fails(String call, String error, int when) throws IOException {
        Path trace = folder.resolve("trace");
        Command.Result pull = built.wherry("pull", "-q", image)
                .under(
                        "strace",
                        "-f",
                        "-o",
                        trace.toString(),
                        "-e",
                        "trace=" + call,
                        "-e",
                        "inject=" + call + ":error=" + error + ":when=" + when)
                .run();
        String what = call + " " + error + " " + when + ": " + pull;
        boolean injected = Files.readString(trace).contains("(INJECTED)");
        assertThat(pull.err()).as(what).doesNotContain("efect of").doesNotContain("\tat ");
        boolean listed = !built.wherry("images", "-q").check().out().isEmpty();
        assertThat(listed || pull.exit() != 0)
                .as("success without an image: %s", what)
                .isTrue();
        if (listed) {
            assertThat(runs()).as(what).isEqualTo("kept\n");
        }
        built.wherry("pull", "-q", image).check();
        assertThat(runs()).as("after %s", what).isEqualTo("kept\n");
        for (String place : List.of("tmp", "trash", "content/ingest")) {
            List<Path> left = left(place);
            for (int i = 0; i < 500 && !left.isEmpty(); i++) { // the monitor still clears up behind a container
                LockSupport.parkNanos(10_000_000);
                left = left(place);
            }
            assertThat(left).as("left in %s by %s", place, what).isEmpty();
        }
        assertThat(built.wherry("check", "--full", "-q").run().exit()).as(what).isZero();
        Command.of("rm", "-rf", "--one-file-system", built.root().toString()).check();
        return injected;
    }

    private List<Path> left(String place) throws IOException {
        Path there = built.root().resolve(place);
        if (!Files.isDirectory(there)) {
            return List.of();
        }
        try (Stream<Path> left = Files.list(there)) {
            return left.toList();
        }
    }

    private String runs() {
        return built.wherry("run", "--rm", "--network", "none", image, "sh", "-c", "read a </again; echo $a")
                .check()
                .out();
    }

    @Test
    void aPullThatTheDiskRefusesLeavesNothingStranded() throws IOException {
        String given = System.getenv("WHERRY_SEED");
        Random random = new Random(given == null ? 1 : Long.parseLong(given));
        int points = 0;
        int refused = 0;
        if (ALL) {
            for (String call : CALLS) {
                for (String error : ERRORS) {
                    for (int when = 1; when < MOST_CALLS; when++) {
                        points++;
                        if (!fails(call, error, when)) {
                            break;
                        }
                        refused++;
                    }
                }
            }
        } else {
            List<String> calls = new ArrayList<>(List.of(CALLS));
            for (int i = 0; i < SAMPLE; i++) {
                points++;
                refused += fails(
                                calls.remove(random.nextInt(calls.size())),
                                ERRORS[random.nextInt(ERRORS.length)],
                                1 + random.nextInt(2))
                        ? 1
                        : 0;
            }
        }
        System.out.printf("%d faults of the disk tried, %d calls refused, 0 stranded%n", points, refused);
    }
}
