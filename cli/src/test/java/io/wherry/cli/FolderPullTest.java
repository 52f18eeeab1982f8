package io.wherry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images that are pulled into folders. */
@Tag("user")
class FolderPullTest {
    private final FolderYard yard = new FolderYard();

    @AfterEach
    void nothingStays() throws IOException {
        yard.close();
    }

    @Test
    void pullsFromARegistryWithAllLayersAppliedAndRunsAsTheImageSays() throws IOException {
        OciLayout layout = TestImages.layered(yard.folder().resolve("layout"));
        try (LocalRegistry registry = LocalRegistry.start()) {
            String name = TestImages.push(layout, "layers", registry, "some/layers:1");
            assertThat(yard.wherry("pull", "-q", name, "box").check().out().strip())
                    .isEqualTo(yard.folder().resolve("box").toString());
            assertThat(yard.wherry("images", "-q").check().out()).isEmpty();
            assertThat(yard.folder().resolve("box/image.txt")).hasContent(name);
            assertThat(Files.readString(yard.folder().resolve("box/manifest.json")))
                    .contains("\"layers\"");
            assertThat(Files.readString(yard.folder().resolve("box/config.json")))
                    .contains("\"Cmd\": [\n");
        }
        assertThat(yard.folder().resolve("box/rootfs/data")).isDirectoryNotContaining("glob:**/{removed,.wh*}");
        assertThat(yard.folder().resolve("box/rootfs/data/opaque")).isDirectoryNotContaining("glob:**/hidden");
        assertThat(yard.shell("cat /data/kept /data/same /data/link; ls /data/opaque"))
                .isEqualTo("from the second\nfrom the third\nfrom the second\nshown\n");
        assertThat(yard.wherry("run", "./box").input("echo 7").run().out()).isEmpty();
        assertThat(yard.wherry("run", "-i", "./box").input("echo 7").run().out())
                .isEqualTo("7\n");
    }

    @Test
    void isNamedAfterItsImageAndRefusesWhatIsThere() throws IOException {
        assertThat(yard.wherry("pull", "--dir", "hello").check().out().strip()).endsWith("/hello");
        Command.Result again = yard.wherry("pull", "hello", "hello").run();
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("is there already");
        assertThat(yard.wherry("pull", "hello", "nowhere/box").run().err()).contains("is not there");
    }

    @Test
    void takesTheUsersWordsOutOfAnImage() throws IOException {
        byte[] layer = TestImages.busyboxLayer();
        String config = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"net":true,"rw":true,\
                "Volumes":{"/etc:/mnt":{},"/data":{}},"Odd":[1]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(OciLayout.digest(layer));
        OciLayout layout = OciLayout.create(yard.folder().resolve("layout"));
        layout = layout.manifest(
                "evil",
                OciLayout.manifestOf(
                        layout.blob("application/vnd.oci.image.config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(layout.blob("application/vnd.oci.image.layer.v1.tar", layer, ""))));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            assertThat(yard.wherry("pull", "-q", registry.reference("evil"), "box")
                            .check()
                            .err())
                    .contains("`net` was left out", "`rw` was left out", "`/etc:/mnt` was left out");
        }
        assertThat(yard.folder().resolve("box/config.json")).hasContent("""
                {
                  "Cmd": [
                    "sh"
                  ],
                  "Volumes": {
                    "/data": {}
                  },
                  "Odd": [
                    1
                  ],
                  "Env": []
                }""");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(yard.folder().resolve("box"))))
                .as("nobody else can run what came along")
                .isEqualTo("rwx------");
    }

    @Test
    void anImagesReadOnlyFoldersDoNotKeepAUserFromDeletingIt() throws IOException {
        byte[] layer = new Tar()
                .folder("usr/", 0555)
                .folder("usr/bin/", 0555)
                .file("usr/bin/su", 04755, "x".getBytes(UTF_8))
                .bytes();
        OciLayout layout = OciLayout.create(yard.folder().resolve("layout"))
                .image("odd", "{\"Cmd\":[\"x\"]}", OciLayout.Compression.GZIP, List.of(layer));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            yard.wherry("pull", "-q", registry.reference("odd"), "box").check();
        }
        Command.of("rm", "-r", yard.folder().resolve("box").toString()).check();
    }

    @Test
    void aKilledPullLeavesNothingAndTheNextOneGoesOn() throws Exception {
        OciLayout layout = TestImages.fromDebianBusybox(yard.folder().resolve("layout"));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            registry.way((blob, at) -> {
                if (at > 1 << 17) {
                    begun.countDown();
                    try {
                        killed.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            Process pull = yard.wherry("pull", "-q", registry.reference("busybox"), "box")
                    .start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            pull.children().forEach(ProcessHandle::destroyForcibly);
            pull.destroyForcibly().waitFor();
            killed.countDown();
            registry.way(LayoutRegistry.Way.CLEAR);
            assertThat(yard.folder().resolve("box")).doesNotExist();
            yard.wherry("pull", "-q", registry.reference("busybox"), "box").check();
        }
        assertThat(yard.shell("echo whole")).isEqualTo("whole\n");
    }

    @Test
    void blobsAreKeptForThirtyDaysAndFetchedAgainIfTheyAreDamaged() throws IOException {
        OciLayout layout = TestImages.fromDebianBusybox(yard.folder().resolve("layout"));
        List<String> asked = new ArrayList<>();
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            registry.way((blob, at) -> {
                if (at == 0) {
                    asked.add(blob);
                }
            });
            String name = registry.reference("busybox");
            yard.wherry("pull", "-q", name, "box").check();
            Path layer = largest(yard.folder().resolve("root/cache/blobs/sha256"));
            String digest = "sha256:" + layer.getFileName();
            assertThat(asked).contains(digest);
            asked.clear();
            Files.setLastModifiedTime(layer, FileTime.from(Instant.now().minus(Duration.ofDays(29))));
            yard.wherry("pull", "-q", name, "two").check();
            assertThat(asked).doesNotContain(digest);
            assertThat(Files.getLastModifiedTime(layer).toInstant())
                    .isAfter(Instant.now().minusSeconds(600));

            byte[] bytes = Files.readAllBytes(layer);
            bytes[bytes.length / 2] ^= 1;
            Files.write(layer, bytes);
            yard.wherry("pull", "-q", name, "three").check();
            assertThat(asked).contains(digest);
            Command.of(
                            "cmp",
                            yard.folder().resolve("box/rootfs/bin/busybox").toString(),
                            yard.folder().resolve("three/rootfs/bin/busybox").toString())
                    .check();

            Files.setLastModifiedTime(layer, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
            yard.wherry("pull", "-q", "hello", "hello").check();
            assertThat(layer).doesNotExist();
        }
    }

    private static Path largest(Path blobs) throws IOException {
        try (Stream<Path> files = Files.list(blobs)) {
            return files.max((a, b) ->
                            Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void choosesThePlatformFromAnIndexAndSaysWhichThereAre() throws Exception {
        OciLayout layout = OciLayout.create(yard.folder().resolve("layout"));
        List<String> described = new ArrayList<>();
        try (LocalRegistry registry = LocalRegistry.start()) {
            for (String architecture : List.of("arm64", "amd64")) {
                layout = ofPlatform(layout, architecture);
                TestImages.push(layout, architecture, registry, "multi:" + architecture);
                String descriptor = layout.tags().get(architecture);
                described.add(descriptor.replaceFirst(
                        "\\{", "{\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"},"));
            }
            String type = "application/vnd.oci.image.index.v1+json";
            String index = "{\"schemaVersion\":2,\"mediaType\":\"" + type + "\",\"manifests\":["
                    + String.join(",", described) + "]}";
            HttpRequest put = HttpRequest.newBuilder(URI.create(registry.url() + "/v2/multi/manifests/all"))
                    .header("Content-Type", type)
                    .PUT(HttpRequest.BodyPublishers.ofString(index))
                    .build();
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(client.send(put, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(201);
            }
            String name = registry.host() + "/multi:all";
            yard.wherry("pull", "-q", name, "box").check();
            assertThat(yard.folder().resolve("box/rootfs/which")).hasContent("amd64");
            yard.wherry("pull", "-q", "--platform", "linux/arm64", name, "arm").check();
            assertThat(yard.folder().resolve("arm/rootfs/which")).hasContent("arm64");
            Command.Result none = yard.wherry("pull", "-q", "--platform", "linux/s390x", name, "none")
                    .run();
            assertThat(none.exit()).isEqualTo(1);
            assertThat(none.err()).contains("linux/amd64", "linux/arm64", "linux/s390x");
            assertThat(yard.folder().resolve("none")).doesNotExist();
        }
    }

    private static OciLayout ofPlatform(OciLayout layout, String architecture) {
        byte[] layer = new Tar().file("which", architecture).bytes();
        String config = """
                {"architecture":"%s","os":"linux","config":{"Cmd":["/which"]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(architecture, OciLayout.digest(layer));
        return layout.manifest(
                architecture,
                OciLayout.manifestOf(
                        layout.blob("application/vnd.oci.image.config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(layout.blob(
                                "application/vnd.oci.image.layer.v1.tar+gzip", OciLayout.gzip(layer), ""))));
    }
}
