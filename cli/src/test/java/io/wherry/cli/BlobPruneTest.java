package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images whose blobs were dropped: they work, and what needs a blob fetches it from where it came from. */
@Tag("user")
class BlobPruneTest {
    private static final int NOISE = 300_000;
    private static final String WORD = "kept\n";

    private Path folder;
    private Built built;
    private LocalRegistry registry;
    private String name;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "blobs-").toRealPath();
        built = new Built(folder.resolve("root"));
        byte[] noise = new byte[NOISE];
        new Random(3).nextBytes(noise);
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        byte[] base = new Tar()
                .folder("bin/", 0755)
                .file("bin/sh", 0755, busybox)
                .file("noise", 0644, noise)
                .bytes();
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image(
                        "image",
                        "{\"Cmd\":[\"sh\",\"-c\",\"read a </word; echo $a\"],\"Labels\":{\"a\":\"b\"}}",
                        OciLayout.Compression.GZIP,
                        List.of(base, new Tar().file("word", WORD).bytes()));
        registry = LocalRegistry.start();
        name = TestImages.push(layout, "image", registry, "acme/image:1");
        built.wherry("pull", "-q", name).check();
        untilProven(2);
    }

    @AfterEach
    void close() {
        registry.close();
        built.wherry("system", "prune", "-af").run();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** The prover goes on behind the pull. */
    private void untilProven(int layers) throws IOException {
        for (int i = 0; i < 500 && proven() < layers; i++) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    private long proven() throws IOException {
        try (Stream<Path> drivers = Files.list(built.root().resolve("layers"))) {
            return drivers.flatMap(driver -> Stream.of(driver.toFile().listFiles()))
                    .filter(layer -> layer.toPath().resolve("proven").toFile().exists())
                    .count();
        }
    }

    private Command.Result run(String... words) {
        return built.wherry(words).run();
    }

    private String out(String... words) {
        return built.wherry(words).check().out();
    }

    private long blobs() {
        return built.root().resolve("content/blobs/sha256").toFile().list().length;
    }

    private void runs(String image) {
        assertThat(out("run", "--rm", "--network", "none", image)).isEqualTo(WORD);
    }

    private long size() {
        return Long.parseLong(out("system", "df", "-v", "--json")
                .replaceFirst("(?s).*\"UniqueBytes\":\\s*(\\d+).*", "$1")
                .strip());
    }

    @Test
    void anImageWorksWithoutItsBlobsAndPushAndSaveFetchThemAgain() throws IOException {
        String before = out("inspect", name);
        String saved = Command.of(
                        "sh", "-c", String.join(" ", built.wherry("save", name).words()) + " | sha256sum")
                .check()
                .out();
        long size = size();
        assertThat(run("image", "prune", "--blobs").exit())
                .as("nobody can be asked")
                .isEqualTo(1);
        assertThat(run("image", "prune", "--blobs", "-af").err()).contains("`--blobs` keeps all images");
        assertThat(out("image", "prune", "--blobs", "-f", "--filter", "label=c"))
                .isEqualTo("Total reclaimed space: 0B\n");
        assertThat(blobs()).isEqualTo(4);
        String pruned = out("image", "prune", "--blobs", "-f");
        assertThat(pruned.lines().filter(line -> line.startsWith("deleted: sha256:")))
                .hasSize(2);
        assertThat(pruned).doesNotContain("untagged").doesNotContain("space: 0B");
        assertThat(blobs()).as("the documents stay").isEqualTo(2);
        assertThat(size()).isLessThan(size - NOISE);
        assertThat(out("image", "prune", "--blobs", "-f")).isEqualTo("Total reclaimed space: 0B\n");

        assertThat(out("inspect", name)).isEqualTo(before);
        assertThat(out("history", "-q", name)).isNotEmpty();
        out("create", "--name", "box", "--network", "none", name);
        assertThat(out("ps", "-a")).contains(name);
        runs(name);
        assertThat(run("check", "--full").exit()).isZero();
        assertThat(run("check", "--full", "--repair").exit()).isZero();
        assertThat(blobs()).as("a check fetches nothing").isEqualTo(2);
        out("pull", "-q", name);
        assertThat(blobs()).as("a pull finds it up to date").isEqualTo(2);

        String other = registry.host() + "/other/image:1";
        out("tag", name, other);
        out("rmi", "-f", name);
        out("push", other);
        assertThat(blobs()).as("the registry has them").isEqualTo(2);
        try (LocalRegistry elsewhere = LocalRegistry.start()) {
            String far = elsewhere.host() + "/far:1";
            out("tag", other, far);
            out("push", far);
            assertThat(blobs()).isEqualTo(4);
            assertThat(elsewhere.log()).contains("/far/blobs/");
        }
        out("image", "prune", "--blobs", "-f");
        out("rm", "box");
        out("tag", other, name);
        assertThat(Command.of(
                                "sh",
                                "-c",
                                String.join(" ", built.wherry("save", name).words()) + " | sha256sum")
                        .check()
                        .out())
                .isEqualTo(saved);
        runs(name);
    }

    @Test
    void aLayerThatIsLostIsUnpackedFromWhereItCameFromOrThatIsSaid() throws IOException {
        out("image", "prune", "--blobs", "-f");
        loseLayers();
        runs(name);
        assertThat(blobs()).isEqualTo(4);
        untilProven(2);
        out("image", "prune", "--blobs", "-f");
        registry.close();
        runs(name);
        Command.Result push = run("push", registry.host() + "/acme/image:1");
        assertThat(push.exit()).isEqualTo(1);
        Command.Result save = run("save", "-o", folder.resolve("x.tar").toString(), name);
        assertThat(save.exit()).isEqualTo(1);
        assertThat(save.err())
                .contains("`" + name + "` needs blobs that were dropped here: Cannot pull blob ", "of `" + name + "`");
        loseLayers();
        assertThat(run("check").exit()).isEqualTo(1);
        assertThat(run("run", "--rm", name).err()).contains("Cannot pull blob ", "of `" + name + "`");
    }

    private void loseLayers() throws IOException {
        try (Stream<Path> all = Files.walk(built.root().resolve("layers"))) {
            for (Path record : all.filter(path -> path.endsWith("layer")).toList()) {
                Files.write(record, new byte[3]);
            }
        }
    }

    @Test
    void whatWasNotPulledKeepsItsBlobs() throws IOException {
        out("run", "--name", "box", "--network", "none", name, "sh", "-c", "echo more >/more");
        out("image", "prune", "--blobs", "-f");
        out("commit", "box", "made:1");
        assertThat(blobs()).as("a commit brings back what is below it").isEqualTo(4 + 3);
        out("rm", "box");
        Command.Result pruned = built.wherry("image", "prune", "--blobs", "-f").check();
        assertThat(pruned.out()).isEqualTo("Total reclaimed space: 0B\n");
        assertThat(pruned.err()).contains("Blobs of 1 image stay: it was not pulled from a registry");
        Path archive = folder.resolve("made.tar");
        out("save", "-o", archive.toString(), "made:1");
        out("rmi", "made:1");
        out("image", "prune", "--blobs", "-f");
        assertThat(blobs()).isEqualTo(2);
        out("load", "-i", archive.toString());
        registry.close();
        out("image", "prune", "--blobs", "-f");
        out("save", "-o", folder.resolve("again.tar").toString(), "made:1");
        assertThat(out("run", "--rm", "--network", "none", "made:1", "sh", "-c", "read a </word; echo $a"))
                .isEqualTo(WORD);
        assertThat(run("check", "--full").exit()).isZero();
    }
}
