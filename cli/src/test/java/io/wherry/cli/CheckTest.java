package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is damaged {@code check} finds, and {@code check --repair} or a pull mends: layers from blobs, blobs from the registry, by digest. */
@Tag("user")
class CheckTest {
    private Path folder;
    private Built built;
    private LayoutRegistry registry;
    private String image;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "check-").toRealPath();
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
                                        .file("bin/sh", 0755, busybox)
                                        .bytes(),
                                new Tar().file("word", "kept\n").bytes())));
        image = registry.reference("image");
        built.wherry("pull", "-q", image).check();
        for (int i = 0; i < 500 && proven().size() < 2; i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000); // the prover goes on behind the pull
        }
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        built.wherry("rm", "-f", "box").run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private List<Path> proven() throws IOException {
        return files(path -> path.endsWith("proven"));
    }

    /** Passes over what a container's monitor is just removing, and what only the kernel may read. */
    private List<Path> files(java.util.function.Predicate<Path> which) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(built.root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (which.test(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        Collections.sort(found);
        return found;
    }

    /** Blobs from the largest down: the two layers come first or in the middle, the documents anywhere. */
    private List<Path> blobs() throws IOException {
        List<Path> blobs =
                new ArrayList<>(files(path -> path.toString().contains("/blobs/sha256/") && Files.isRegularFile(path)));
        blobs.sort(
                Comparator.comparingLong((Path path) -> path.toFile().length()).reversed());
        return blobs;
    }

    private Command.Result check(String... more) {
        List<String> words = new ArrayList<>(List.of("check", "-q"));
        words.addAll(List.of(more));
        return built.wherry(words.toArray(new String[0])).run();
    }

    private interface Damage {
        void on(Path root) throws IOException;
    }

    private static void garble(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);
    }

    private void runs() {
        assertThat(built.wherry("run", "--rm", "--network", "none", image, "sh", "-c", "read a </word; echo $a")
                        .check()
                        .out())
                .isEqualTo("kept\n");
    }

    private void mended(String what, Damage damage) throws IOException {
        damage.on(built.root());
        Command.Result found = check("--full");
        assertThat(found.exit()).as("%s: %s", what, found).isEqualTo(1);
        assertThat(found.out()).as(what).contains("damaged");
        Command.Result repaired = check("--full", "--repair");
        assertThat(repaired.exit()).as("%s: %s", what, repaired).isZero();
        assertThat(repaired.out()).as(what).contains("mended").contains(" 0 damaged");
        assertThat(check("--full").exit()).as(what).isZero();
        runs();
    }

    @Test
    void blobsComeFromTheRegistryAgain() throws IOException {
        for (int i = 0; i < 4; i++) {
            int index = i;
            mended("missing " + i, root -> Files.delete(blobs().get(index)));
        }
        mended("garbled", root -> garble(blobs().getFirst()));
        mended("cut", root -> Files.write(blobs().getFirst(), new byte[10]));
    }

    @Test
    void layersAndRecordsAreMadeAgainWithoutTheRegistry() throws IOException {
        registry.close();
        mended(
                "cut file",
                root -> Files.write(files(path -> path.endsWith("t/word")).getFirst(), new byte[0]));
        mended(
                "missing file",
                root -> Files.delete(files(path -> path.endsWith("t/word")).getFirst()));
        mended(
                "record of a layer",
                root -> Files.write(files(path -> path.endsWith("layer")).getFirst(), new byte[3]));
        mended(
                "record of an image",
                root -> Files.write(
                        files(path -> path.toString().contains("/images/")
                                        && path.toString().endsWith(".json"))
                                .getFirst(),
                        new byte[0]));
    }

    @Test
    void nothingIsClaimedToBeMendedThatIsNot() throws IOException {
        registry.close();
        garble(blobs().getFirst());
        Command.Result tried = check("--full", "--repair");
        assertThat(tried.exit()).isEqualTo(1);
        assertThat(tried.out()).contains("cannot be mended");
        runs(); // its layers are whole
    }

    @Test
    void nothingIsTakenAwayBelowAContainerThatRuns() throws IOException {
        built.wherry("run", "-d", "--name", "box", "--network", "none", image, "sh", "-c", "read x </dev/zero")
                .check();
        Files.write(files(path -> path.endsWith("t/word")).getFirst(), new byte[0]);
        Command.Result tried = check("--repair");
        assertThat(tried.exit()).isEqualTo(1);
        assertThat(tried.out()).contains("a container that runs stands on it");
        built.wherry("rm", "-f", "box").check();
        assertThat(check("--repair").exit()).isZero();
        runs();
    }

    @Test
    void aPullMendsWhatItFindsDamaged() throws IOException {
        List<Damage> damages = List.of(
                root -> Files.delete(blobs().getFirst()),
                root -> Files.write(blobs().getFirst(), new byte[10]),
                root -> Files.write(blobs().get(1), new byte[0]),
                root -> {
                    garble(blobs().getFirst());
                    for (Path record : files(path -> path.endsWith("layer"))) {
                        Files.write(record, "garbage".getBytes(StandardCharsets.UTF_8));
                    }
                },
                root -> Files.write(
                        files(path -> path.toString().contains("/images/")
                                        && path.toString().endsWith(".json"))
                                .getFirst(),
                        new byte[0]));
        for (Damage damage : damages) {
            damage.on(built.root());
            built.wherry("pull", "-q", image).check();
            assertThat(check("--full").exit()).isZero();
            runs();
        }
    }
}
