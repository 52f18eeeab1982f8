package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import io.wherry.store.disk.FileLocks;
import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code system df} says is what {@code du} finds, byte by byte; what prunes take is what nothing uses. */
@Tag("user")
class DiskUsageTest {
    private static final int BLOCK = 4096;

    private Path folder;
    private Built built;
    private LayoutRegistry registry;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/var/tmp"), "df-").toRealPath();
        built = new Built(folder.resolve("root"));
        byte[] noise = new byte[300_000];
        new Random(7).nextBytes(noise);
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        byte[] base = new Tar()
                .folder("bin/", 0755)
                .file("bin/sh", 0755, busybox)
                .hardLink("bin/again", "bin/sh")
                .folder("secret/", 0700)
                .file("secret/noise", 0600, noise)
                .bytes();
        byte[] more = new Tar().file("more", 0644, noise).bytes();
        byte[] other = new Tar().file("other", "other").bytes();
        registry = new LayoutRegistry(OciLayout.create(folder.resolve("layout"))
                .image(
                        "one",
                        "{\"Cmd\":[\"sh\"],\"Labels\":{\"keep\":\"yes\"}}",
                        OciLayout.Compression.GZIP,
                        List.of(base, more))
                .image("two", "{\"Cmd\":[\"sh\"]}", OciLayout.Compression.GZIP, List.of(base, other)));
    }

    @AfterEach
    void close() {
        registry.close();
        run("rm", "-f", "box", "kept");
        run("system", "prune", "-af");
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).run();
    }

    private Command.Result run(String... words) {
        return built.wherry(words).run();
    }

    private String out(String... words) {
        return built.wherry(words).check().out();
    }

    private String image(String name) {
        return registry.reference(name);
    }

    @Test
    void partsAddUpToWhatDuFinds() throws IOException {
        out("pull", "-q", image("one"));
        out("pull", "-q", image("two"));
        built.wherry(
                        "run",
                        "--name",
                        "box",
                        "--network",
                        "none",
                        image("one"),
                        "sh",
                        "-c",
                        "echo a line; echo written >/new")
                .check();
        JsonObject df = JsonObject.parse(out("system", "df", "-v", "--json").getBytes(StandardCharsets.UTF_8));
        long said = df.fields().integer("Bytes").orElseThrow();
        long found = Long.parseLong(
                Command.of("du", "-s", "--block-size=1", built.root().toString())
                        .run() // a user may not look into all that is there, and containers' files are not many
                        .out()
                        .split("\t")[0]);
        assertThat(said).as("du finds %d", found).isBetween(found - 4 * BLOCK, found + 400_000);
        if (System.getProperty("user.name").equals("root")) {
            assertThat(said).as("but for the root's own block").isEqualTo(found - BLOCK);
        }
        List<String> rows = out("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}")
                .lines()
                .toList();
        assertThat(rows).contains("Images|2|1", "Containers|1|0", "Logs|1|0", "Reserve|1|0", "Downloads begun|0|0");
        String text = out("system", "df", "-v");
        assertThat(text).contains("SHARED SIZE", "UNIQUE SIZE", "LOG SIZE", "box");
    }

    @Test
    void whatIsSharedIsToldFromWhatIsUnique() throws IOException {
        out("pull", "-q", image("one"));
        out("pull", "-q", image("two"));
        JsonObject df = JsonObject.parse(out("system", "df", "-v", "--json").getBytes(StandardCharsets.UTF_8));
        List<Fields> images = df.fields().objects("Images");
        long shared = images.getFirst().integer("SharedBytes").orElseThrow();
        assertThat(shared)
                .isGreaterThan(300_000)
                .isEqualTo(images.get(1).integer("SharedBytes").orElseThrow());
        assertThat(images.getFirst().integer("UniqueBytes").orElseThrow()).isGreaterThan(600_000);
        assertThat(images.get(1).integer("UniqueBytes").orElseThrow()).isLessThan(60_000);
    }

    @Test
    void pruneTakesWhatNothingUsesAndNothingElse() throws IOException {
        out("pull", "-q", image("one"));
        out("pull", "-q", image("two"));
        out("create", "--name", "kept", "--network", "none", image("two"), "sh");
        assertThat(out("image", "prune", "-f")).isEqualTo("Total reclaimed space: 0B\n");
        assertThat(run("image", "prune").exit()).as("nobody can be asked").isNotZero();
        assertThat(out("image", "prune", "-af", "--filter", "label!=keep")).doesNotContain("untagged");
        assertThat(out("image", "prune", "-af", "--filter", "until=2000-01-01")).doesNotContain("untagged");
        String pruned = out("image", "prune", "-af");
        assertThat(pruned)
                .contains("untagged: " + image("one"))
                .doesNotContain("two")
                .contains("deleted: sha256:");
        assertThat(out("run", "--rm", "--network", "none", image("two"), "sh", "-c", "echo runs"))
                .isEqualTo("runs\n");
        String all = out("system", "prune", "-af");
        assertThat(all).contains("Deleted Containers:", "untagged: " + image("two"), "Total reclaimed space: ");
        assertThat(out("images", "-q")).isEmpty();
        for (String place : List.of("layers/overlay", "content/blobs/sha256", "content/ingest", "tmp", "trash")) {
            Path there = built.root().resolve(place);
            assertThat(!Files.isDirectory(there) || there.toFile().list().length == 0)
                    .as(place)
                    .isTrue();
        }
    }

    /** Who makes a container keeps all that is stored from its look at the image until the container is recorded; who removes images is alone from the look at the containers on. */
    @Test
    void noImageIsRemovedBetweenTheLookOfARunAndItsRecord() throws Exception {
        out("pull", "-q", image("two"));
        FileLocks locks = new FileLocks(built.root().resolve("locks"));
        Path containers = built.root().resolve("containers");
        Process run;
        try (FileLocks.Held _ = locks.tryExclusive("store").orElseThrow()) { // a prune is at it
            run = built.wherry("create", "--network", "none", "--name", "box", image("two"))
                    .start();
            assertThat(run.waitFor(3, TimeUnit.SECONDS)).as("it waits").isFalse();
            assertThat(Files.isDirectory(containers) ? containers.toFile().list() : new String[0])
                    .isEmpty();
        }
        assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isZero();
        out("rm", "box");
        try (FileLocks.Held _ = locks.shared("store")) { // a run is at it
            Command.Result pruned = built.wherry("image", "prune", "-af").check();
            assertThat(pruned.out()).doesNotContain("untagged");
            assertThat(pruned.err()).contains("stay until the next prune");
        }
        assertThat(out("image", "prune", "-af")).contains("untagged: " + image("two"));
    }

    @Test
    void anImageThatIsMountedIsInUse() throws IOException {
        out("pull", "-q", image("one"));
        out("pull", "-q", image("two"));
        out(
                "create",
                "--name",
                "kept",
                "--network",
                "none",
                "--mount",
                "type=image,src=" + image("two") + ",dst=/m",
                image("one"),
                "sh");
        assertThat(out("image", "prune", "-af")).doesNotContain("untagged");
    }

    @Test
    void pruneLeavesAPullAlone() throws IOException {
        AtomicReference<Command.Result> pruned = new AtomicReference<>();
        registry.way((blob, at) -> {
            if (at > 100_000 && pruned.get() == null) {
                pruned.set(run("image", "prune", "-af"));
            }
        });
        out("pull", "-q", image("one"));
        registry.way(LayoutRegistry.Way.CLEAR);
        assertThat(pruned.get().exit()).isZero();
        assertThat(pruned.get().err()).contains("A pull is going on");
        assertThat(out("run", "--rm", "--network", "none", image("one"), "sh", "-c", "echo runs"))
                .isEqualTo("runs\n");
    }
}
