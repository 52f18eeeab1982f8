package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        Command.of(
                        "sh",
                        "-ec",
                        "gzip -k d.tar; zstd -q o.tar; xz -0k d.tar; python3 -c 'import bz2;open(\"d.bz2\",\"wb\").write(bz2.compress(open(\"d.tar\",\"rb\").read(),1))'")
                .in(folder)
                .check();
        for (String script : List.of(
                "cat d.tar.gz | \"$@\"",
                "\"$@\" < o.tar.zst",
                "\"$@\" -i d.tar.gz",
                "\"$@\" < d.bz2",
                "\"$@\" < d.tar.xz",
                "\"$@\" -i layout")) {
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
                .hasSize(8)
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

    @Test
    void equalImagesGiveEqualArchives() throws IOException {
        skopeo("docker-archive:d.tar:t/docker:1");
        wherry("load", "-q", "-i", "d.tar").check();
        for (String format : List.of("docker", "docker-archive", "oci-archive")) {
            wherry("save", "--format", format, "-o", "first.tar", "t/docker:1").check();
            Built other = new Built(folder.resolve("other-" + format));
            other.wherry("load", "-q", "-i", "first.tar").in(folder).check();
            Command.Result again = other.wherry("save", "--format", format, "t/docker:1")
                    .under("sh", "-c", "exec \"$@\" > second.tar", "sh")
                    .in(folder)
                    .run();
            assertThat(again.err()).isEmpty();
            assertThat(folder.resolve("second.tar")).as(format).hasSameBinaryContentAs(folder.resolve("first.tar"));
            other.wherry("rmi", "t/docker:1").check();
        }
        wherry("save", "--format", "oci-dir", "-o", "out", "t/docker:1").check();
        assertThat(wherry("load", "-i", "out").check().out()).isEqualTo("Loaded image: t/docker:1\n");
        assertThat(wherry("save", "--format", "oci-dir", "-o", "out", "t/docker:1")
                        .run()
                        .err())
                .contains("there already");
    }

    @Test
    void whatIsSavedByItsIdHasNoName() {
        skopeo("docker-archive:d.tar:t/docker:1");
        wherry("load", "-q", "-i", "d.tar").check();
        String id =
                wherry("inspect", "-f", "{{.Id}}", "t/docker:1").check().out().strip();
        wherry("save", "-o", "s.tar", id).check();
        wherry("rmi", "t/docker:1").check();
        assertThat(wherry("load", "-i", "s.tar").check().out()).isEqualTo("Loaded image ID: " + id + "\n");
    }

    /** A file has its name when it is whole; what is not kept, or damaged, is said. */
    @Test
    void whatCannotBeSavedWholeIsNotSaved() throws IOException {
        skopeo("oci-archive:o.tar:t/oci:1");
        wherry("load", "-q", "-i", "o.tar").check();
        Files.writeString(folder.resolve("s.tar"), "as it was");
        assertThat(wherry("save", "-o", "s.tar", "t/nothing:1").run().err())
                .contains("There is no image `t/nothing:1`");
        Path layer = largestBlob();
        byte[] bytes = Files.readAllBytes(layer);
        bytes[bytes.length / 2] ^= 1;
        Command.of("chmod", "u+w", layer.toString()).check();
        Files.write(layer, bytes);
        assertThat(wherry("save", "-o", "s.tar", "t/oci:1").run().err()).contains("is damaged");
        assertThat(wherry("save", "--format", "docker-archive", "-o", "s.tar", "t/oci:1")
                        .run()
                        .exit())
                .isEqualTo(1);
        Files.delete(layer);
        Command.Result result = wherry("save", "-o", "s.tar", "t/oci:1").run();
        assertThat(result.err()).contains("is not kept here any more", "Pull the image again");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(folder.resolve("s.tar")).hasContent("as it was");
        assertThat(Command.of("sh", "-c", "ls -A | grep new").in(folder).run().out())
                .isEmpty();
    }

    private Path largestBlob() throws IOException {
        try (Stream<Path> blobs = Files.list(built.root().resolve("content/blobs/sha256"))) {
            return blobs.max((a, b) ->
                            Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void aReaderThatGoesAwayEndsTheCommand() {
        skopeo("oci-archive:o.tar:t/oci:1");
        wherry("load", "-q", "-i", "o.tar").check();
        Command.Result result = wherry("save", "t/oci:1")
                .under("bash", "-c", "\"$@\" | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}", "bash")
                .run();
        assertThat(result.out()).isEqualTo("141\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void filesBecomeAnImageOfOneLayer() throws IOException {
        Files.write(folder.resolve("r.tar"), TestImages.busyboxLayer());
        String id = wherry("import", "-c", "ENV A=b", "-c", "CMD echo $A", "-m", "by hand", "r.tar", "t/made")
                .check()
                .out()
                .strip();
        assertThat(wherry("run", "--rm", "t/made").check().out()).isEqualTo("b\n");
        assertThat(wherry("inspect", "-f", "{{.Id}} {{.RootFS.Layers}}", "t/made")
                        .check()
                        .out())
                .isEqualTo(id + " [" + OciLayout.digest(TestImages.busyboxLayer()) + "]\n");
        assertThat(wherry("history", "t/made").check().out()).contains("by hand");
        String unnamed = wherry("import", "--platform", "linux/arm64", "-")
                .under("sh", "-c", "gzip -c r.tar | \"$@\"", "sh")
                .check()
                .out()
                .strip();
        assertThat(wherry("inspect", "-f", "{{.Architecture}} {{.RootFS.Layers}} {{.RepoTags}}", unnamed)
                        .check()
                        .out())
                .isEqualTo("arm64 [" + OciLayout.digest(TestImages.busyboxLayer()) + "] []\n");
        assertThat(wherry("events", "--since", "5m", "--until", "0s", "--filter", "event=import")
                        .check()
                        .lines())
                .hasSize(2);
    }

    @Test
    void aContainerKeepsTheImageItWasMadeOfWhenTheNameMovesOn() throws IOException {
        Files.write(folder.resolve("r.tar"), TestImages.busyboxLayer());
        String first = wherry("import", "-c", "CMD echo first", "r.tar", "t/moves")
                .check()
                .out()
                .strip();
        wherry("create", "--name", "box", "t/moves").check();
        wherry("import", "-c", "CMD echo second", "r.tar", "t/moves").check();
        assertThat(wherry("run", "--rm", "t/moves").check().out()).isEqualTo("second\n");
        assertThat(wherry("start", "-a", "box").check().out()).isEqualTo("first\n");
        assertThat(wherry("inspect", "-f", "{{.Image}}", "box").check().out()).isEqualTo(first + "\n");
        assertThat(wherry("image", "prune", "-f").check().out()).doesNotContain("unnamed");
        assertThat(wherry("start", "-a", "box").check().out()).isEqualTo("first\n");
        wherry("rm", "box").check();
        wherry("image", "prune", "-f").check();
        assertThat(wherry("inspect", first).run().exit()).isEqualTo(1);
        assertThat(wherry("images", "-q").check().lines()).hasSize(1);
    }

    @Test
    void whatIsNotImportedLeavesNothing() throws IOException {
        Files.write(folder.resolve("r.tar"), new Tar().file("a", "a").bytes());
        Files.writeString(folder.resolve("text"), "no archive at all ".repeat(100));
        record Case(String sentence, List<String> words) {}
        for (Case each : List.of(
                new Case("There is no file `nothing`", List.of("nothing")),
                new Case("is a URL", List.of("http://localhost/x.tar")),
                new Case("is damaged at byte 0", List.of("text", "x")),
                new Case("Did you mean `CMD`", List.of("-c", "CDM x", "r.tar")),
                new Case("its digest is what comes of it", List.of("r.tar", "x@sha256:" + "0".repeat(64))),
                new Case("Invalid", List.of("r.tar", "../x")))) {
            List<String> words = new ArrayList<>(List.of("import"));
            words.addAll(each.words());
            Command.Result result = wherry(words.toArray(String[]::new)).run();
            assertThat(result.err()).contains(each.sentence());
            assertThat(result.exit()).isEqualTo(1);
        }
        assertThat(wherry("images", "-q").check().out()).isEmpty();
        Path blobs = built.root().resolve("content/blobs/sha256");
        if (Files.isDirectory(blobs)) {
            try (Stream<Path> left = Files.list(blobs)) {
                assertThat(left).isEmpty();
            }
        }
    }
}
