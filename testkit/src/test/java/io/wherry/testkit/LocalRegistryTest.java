package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.LocalRegistry.Feature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Leakless
@Tag("user")
class LocalRegistryTest {
    static List<List<Feature>> features() {
        return List.of(
                List.of(), List.of(Feature.TLS), List.of(Feature.PASSWORD), List.of(Feature.TLS, Feature.PASSWORD));
    }

    @ParameterizedTest
    @MethodSource("features")
    void givesBackWhatWasPushed(List<Feature> features, @TempDir Path folder) throws Exception {
        try (LocalRegistry registry = LocalRegistry.start(features.toArray(Feature[]::new))) {
            OciLayout pushed = TestImages.layered(folder.resolve("pushed"));
            String reference = TestImages.push(pushed, "layers", registry, "test/layers:1");
            assertThat(reference).isEqualTo("localhost:" + registry.port() + "/test/layers:1");
            List<String> copy = new ArrayList<>(List.of("skopeo", "copy", "--quiet", "--insecure-policy"));
            copy.addAll(registry.skopeoOptions("src"));
            copy.addAll(List.of("docker://" + reference, "oci:" + folder.resolve("pulled") + ":again"));
            Command.of(copy).check();
            try (var blobs = Files.list(pushed.folder().resolve("blobs/sha256"))) {
                for (Path blob : blobs.toList()) {
                    assertThat(folder.resolve("pulled/blobs/sha256").resolve(blob.getFileName()))
                            .hasSameBinaryContentAs(blob);
                    assertThat(registry.blobFile("sha256:" + blob.getFileName()))
                            .exists();
                }
            }
            assertThat(registry.log()).contains("PUT /v2/test/layers/manifests/1");
        }
    }

    @Test
    void refusesStrangers(@TempDir Path folder) {
        try (LocalRegistry registry = LocalRegistry.start(Feature.PASSWORD)) {
            Command.Result result = Command.of(
                            "skopeo", "inspect", "--tls-verify=false", "docker://" + registry.host() + "/test/none:1")
                    .run();
            assertThat(result.exit()).isNotZero();
            assertThat(result.err()).contains("authentication required");
        }
    }
}
