package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.DockerDaemon;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives to and from the tools of others: what comes out at the other end is the same image, by every digest. */
class ArchiveToolsTest {
    private static final String IDENTITY = "{{.Id}} {{.RootFS.Layers}}";

    private Path folder;
    private Built built;
    private Built other;
    private OciLayout layout;

    /** Two images, of which one has a layer twice and an empty one, and three names. */
    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "archives-").toRealPath();
        built = new Built(folder.resolve("root"));
        other = new Built(folder.resolve("other"));
        byte[] more = new Tar().folder("more/", 0755).file("more/file", "text").bytes();
        byte[] empty = new Tar().bytes();
        layout = TestImages.fromDebianBusybox(folder.resolve("layout"))
                .image(
                        "stacked",
                        "{\"Cmd\":[\"sh\"],\"Healthcheck\":{\"Test\":[\"NONE\"]}}",
                        OciLayout.Compression.GZIP,
                        List.of(TestImages.busyboxLayer(), more, empty, more));
        for (String tag : List.of("busybox:t/one:1", "busybox:t/same:1", "stacked:t/two:2")) {
            int colon = tag.indexOf(':');
            Command.of(
                            "skopeo",
                            "--insecure-policy",
                            "copy",
                            "-q",
                            "oci:" + layout.folder() + ":" + tag.substring(0, colon),
                            "oci-archive:x.tar:" + tag.substring(colon + 1))
                    .in(folder)
                    .check();
            built.wherry("load", "-q", "-i", "x.tar").in(folder).check();
            Files.delete(folder.resolve("x.tar"));
        }
    }

    @AfterEach
    void close() {
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    private static String identity(Built of, String image) {
        return of.wherry("inspect", "-f", IDENTITY, image).check().out();
    }

    private void save(String file, String format, String... images) {
        List<String> words = new ArrayList<>(List.of("save", "-o", file, "--format", format));
        words.addAll(List.of(images));
        wherry(words.toArray(String[]::new)).check();
    }

    /** Loads what a tool has saved into an empty root, and compares. */
    private void assertLoaded(String file, String... images) {
        String loaded =
                other.wherry("load", "-q", "-i", file).in(folder).check().out();
        for (String image : images) {
            assertThat(loaded).contains("Loaded image: " + image + "\n");
            assertThat(identity(other, image)).as(image + " of " + file).isEqualTo(identity(built, image));
            assertThat(other.wherry("run", "--rm", image, "echo", "inside")
                            .check()
                            .out())
                    .isEqualTo("inside\n");
            other.wherry("rmi", image).check();
        }
    }

    @Test
    void dockerTakesAndGivesTheSameImages() {
        try (DockerDaemon docker = DockerDaemon.start()) {
            for (String format : List.of("docker", "docker-archive")) {
                save(format + ".tar", format, "t/one:1", "t/two:2", "t/same:1");
                String loaded = docker(docker, "load", "-q", "-i", format + ".tar");
                assertThat(loaded.lines())
                        .containsExactlyInAnyOrder(
                                "Loaded image: t/one:1", "Loaded image: t/same:1", "Loaded image: t/two:2");
                for (String image : List.of("t/one:1", "t/two:2", "t/same:1")) {
                    assertThat(docker(docker, "inspect", "-f", IDENTITY, image))
                            .as(image + " of " + format)
                            .isEqualTo(identity(built, image));
                }
                docker(docker, "save", "-o", "back.tar", "t/one:1", "t/two:2", "t/same:1");
                assertLoaded("back.tar", "t/one:1", "t/two:2", "t/same:1");
                docker(docker, "rmi", "t/one:1", "t/two:2", "t/same:1");
            }
        }
    }

    private String docker(DockerDaemon daemon, String... words) {
        List<String> all = new ArrayList<>(List.of("docker", "--host", daemon.host()));
        all.addAll(List.of(words));
        return Command.of(all).in(folder).check().out();
    }

    @Test
    void podmanTakesAndGivesTheSameImages() {
        for (String format : List.of("docker", "docker-archive", "oci-archive")) {
            save(format + ".tar", format, "t/two:2");
            String loaded = podman("load", "-q", "-i", format + ".tar").strip();
            String name = loaded.substring("Loaded image: ".length()); // of a short name podman makes what it thinks
            assertThat(podman("inspect", "-f", IDENTITY, name).replace("sha256:", ""))
                    .as(format)
                    .isEqualTo(identity(built, "t/two:2").replace("sha256:", ""));
            podman("rmi", "-f", name);
        }
        podman("load", "-q", "-i", "docker.tar");
        for (String format : List.of("docker-archive", "oci-archive")) {
            podman("save", "-q", "--format", format, "-o", "back-" + format + ".tar", "docker.io/t/two:2");
            assertLoaded("back-" + format + ".tar", "t/two:2");
        }
    }

    private String podman(String... words) {
        Command.requireTool("podman", "podman");
        List<String> all = new ArrayList<>(List.of(
                "podman",
                "--root",
                folder.resolve("podman").toString(),
                "--runroot",
                folder.resolve("podman-run").toString(),
                "--storage-driver",
                "vfs"));
        all.addAll(List.of(words));
        return Command.of(all).in(folder).check().out();
    }

    @Test
    void skopeoAndUmociFindTheSameManifests() {
        save("docker.tar", "docker", "t/two:2", "t/one:1");
        save("oci.tar", "oci-archive", "t/two:2", "t/one:1");
        save("old.tar", "docker-archive", "t/two:2", "t/one:1");
        save("folder", "oci-dir", "t/two:2", "t/one:1");
        String digest = wherry("images", "--digests", "--format", "{{.Digest}}", "t/two")
                .check()
                .out()
                .strip();
        for (String source : List.of("oci-archive:docker.tar:2", "oci-archive:oci.tar:2", "oci:folder:2")) {
            assertThat(skopeo("inspect", "-f", "{{.Digest}}", source))
                    .as(source)
                    .isEqualTo(digest);
        }
        String config =
                wherry("inspect", "-f", "{{.Id}}", "t/two:2").check().out().strip();
        for (String source : List.of("docker-archive:docker.tar:t/two:2", "docker-archive:old.tar:t/two:2")) {
            assertThat(skopeo("inspect", "--raw", source)).as(source).contains(config);
        }
        Command.of("umoci", "unpack", "--image", "folder:2", "bundle")
                .in(folder)
                .check();
        assertThat(folder.resolve("bundle/rootfs/more/file")).hasContent("text");
    }

    private String skopeo(String... words) {
        List<String> all = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
        all.addAll(List.of(words));
        return Command.of(all).in(folder).check().out().strip();
    }
}
