package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Archives of images as a user loads them, made by skopeo. */
@Tag("user")
class ArchiveTest {
    private Path folder;
    private Built built;
    private OciLayout layout;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "archive-").toRealPath();
        built = new Built(folder.resolve("root"));
        layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
    }

    /** Nothing of an archive is left beside the images. */
    @AfterEach
    void nothingStays() throws IOException {
        built.wherry("ps", "-aq").check();
        for (String each : List.of("tmp", "trash", "content/ingest")) {
            Path path = built.root().resolve(each);
            if (Files.isDirectory(path)) {
                try (Stream<Path> below = Files.list(path)) {
                    assertThat(below).as(each).isEmpty();
                }
            }
        }
        for (String image : built.wherry("images", "-q").check().lines()) {
            built.wherry("rmi", image).run();
        }
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    private Path skopeo(String target) {
        Command.requireTool("skopeo", "skopeo");
        Command.of("skopeo", "--insecure-policy", "copy", "-q", "oci:" + layout.folder() + ":busybox", target)
                .in(folder)
                .check();
        return folder.resolve(target.split(":")[1]);
    }

    /** {@return the digests of layers and configuration, which say all of an image} */
    private String identity(String image) {
        return wherry("inspect", "-f", "{{.Id}} {{.RootFS.Layers}}", image)
                .check()
                .out();
    }

    @Test
    void everyWayInGivesTheSameImage() throws IOException {
        Path docker = skopeo("docker-archive:d.tar:t/docker:1");
        Path oci = skopeo("oci-archive:o.tar:t/oci:1");
        assertThat(wherry("load", "-i", "d.tar").check().out()).isEqualTo("Loaded image: t/docker:1\n");
        assertThat(wherry("load").input(Files.readAllBytes(oci)).check().out()).isEqualTo("Loaded image: t/oci:1\n");
        assertThat(identity("t/docker:1")).isEqualTo(identity("t/oci:1"));
        Command.of("sh", "-ec", "gzip -k d.tar; zstd -q o.tar").in(folder).check();
        for (String script :
                List.of("cat d.tar.gz | \"$@\"", "\"$@\" < o.tar.zst", "\"$@\" -i d.tar.gz", "\"$@\" -i layout")) {
            Command.Result result =
                    wherry("load", "-q").under("sh", "-c", script, "sh").run();
            assertThat(result.out()).as(script + result.err()).startsWith("Loaded image");
            assertThat(result.err()).isEmpty();
        }
        assertThat(docker).exists();
        assertThat(wherry("run", "--rm", "t/docker:1", "echo", "inside").check().out())
                .isEqualTo("inside\n");
        assertThat(wherry("events", "--since", "5m", "--until", "0s", "--filter", "event=load")
                        .check()
                        .lines())
                .hasSize(6)
                .allMatch(line -> line.contains("image load sha256:"));
    }

    @Test
    void anImageWithoutANameIsFoundByItsId() {
        String loaded = wherry("load", "-i", "layout").check().out();
        assertThat(loaded).startsWith("Loaded image ID: sha256:").hasSize(17 + 7 + 64 + 1);
        String id = loaded.substring(loaded.indexOf("sha256:")).strip();
        assertThat(wherry("images", "--format", "{{.Repository}} {{.Tag}}")
                        .check()
                        .out())
                .isEqualTo("<none> <none>\n");
        for (String word : List.of(id, id.substring(7), id.substring(7, 19))) {
            assertThat(wherry("run", "--rm", word, "echo", word).check().out()).isEqualTo(word + "\n");
        }
        wherry("rmi", id.substring(7, 19)).check();
        assertThat(wherry("images", "-q").check().out()).isEmpty();
        assertThat(wherry("rmi", id).run().err()).contains("There is no image");
    }

    @Test
    void aBadLayerLeavesNothingOfTheGoodOnes() throws IOException {
        skopeo("oci-archive:o.tar:t/oci:1");
        wherry("load", "-i", "o.tar").check();
        List<String> before = content();
        byte[] good = new Tar().file("good", "x".repeat(100_000)).bytes();
        byte[] bad = new Tar().file("bad", "x").bytes();
        String config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + OciLayout.digest(good) + "\",\"" + OciLayout.digest(good) + "\"]}}";
        byte[] archive = new Tar()
                .file("g", 0644, good)
                .file("b", 0644, bad)
                .file("c", config)
                .file("manifest.json", "[{\"Config\":\"c\",\"RepoTags\":[\"t/oci:1\"],\"Layers\":[\"g\",\"b\"]}]")
                .bytes();
        Command.Result result = wherry("load").input(archive).run();
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .contains("holds the archive " + OciLayout.digest(bad), "says " + OciLayout.digest(good));
        assertThat(content()).isEqualTo(before);
        assertThat(wherry("run", "--rm", "t/oci:1", "ls", "/bin/busybox")
                        .check()
                        .out())
                .isEqualTo("/bin/busybox\n");
    }

    private List<String> content() {
        return Command.of(
                        "find",
                        built.root().resolve("content").toString(),
                        built.root().resolve("layers").toString(),
                        "-maxdepth",
                        "3")
                .check()
                .lines()
                .stream()
                .sorted()
                .toList();
    }

    @Test
    void anImageForAnotherPlatformIsRefusedWhereOneIsAskedFor() throws IOException {
        skopeo("docker-archive:d.tar:t/docker:1");
        Command.Result result =
                wherry("load", "-i", "d.tar", "--platform", "linux/s390x").run();
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("no image for linux/s390x", "It has images for linux/");
        assertThat(wherry("load", "-q", "-i", "nowhere.tar").run().err()).contains("There is no file `nowhere.tar`");
    }

    @Test
    void aTerminalIsNoArchive() {
        Command.requireTool("script", "bsdutils");
        Command.Result result = wherry("load")
                .under("sh", "-c", "script -qec \"$*\" /dev/null", "sh")
                .run();
        assertThat(result.out()).contains("which is a terminal", "wherry load -i FILE");
        assertThat(result.exit()).isEqualTo(1);
    }
}
