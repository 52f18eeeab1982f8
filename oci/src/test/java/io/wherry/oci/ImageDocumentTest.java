package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDocumentTest {
    private static final String D =
            "\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":5";
    private static final String CONFIG = "\"config\":{\"mediaType\":\"" + MediaType.OCI_CONFIG + "\"," + D + "}";
    private static final String LAYERS = "\"layers\":[{\"mediaType\":\"" + MediaType.OCI_LAYER_GZIP + "\"," + D + "}]";
    static final String MANIFEST = "{\"schemaVersion\":2," + CONFIG + "," + LAYERS + "}";
    private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[]}";

    @Test
    void rawBytesTravelWithTheParsedView() {
        byte[] raw = bytes("  " + MANIFEST + "\n");
        Manifest manifest = Manifest.parse(raw);
        assertThat(manifest.raw()).isSameAs(raw);
        assertThat(manifest.digest()).isEqualTo(Digest.sha256(raw));
        assertThat(manifest.descriptor().size()).isEqualTo(raw.length);
        assertThat(manifest.layers()).hasSize(1);
        assertThat(manifest.totalSize()).isEqualTo(10);
        assertThat(manifest.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":2,\"manifests\":[]," + LAYERS + "}",
                "{\"schemaVersion\":2,\"manifests\":[]," + CONFIG + "}",
                "{\"schemaVersion\":2,\"Manifests\":[]," + CONFIG + "," + LAYERS + "}",
                "{\"schemaVersion\":2,\"manifests\":[],\"MediaType\":\"" + MediaType.OCI_MANIFEST + "\"}",
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"manifests\":[]}",
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.DOCKER_INDEX + "\"," + CONFIG + "," + LAYERS + "}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":3,\"manifests\":[]}",
                "{\"schemaVersion\":\"2\",\"manifests\":[]}",
                "{\"manifests\":[]}",
                "{\"schemaVersion\":2," + LAYERS + "}",
                "{\"schemaVersion\":2,\"manifests\":{}}",
                "{\"schemaVersion\":2,\"manifests\":[1]}",
                "{\"schemaVersion\":2,\"manifests\":[{}]}",
                "[]",
                "<html></html>",
                "",
            })
    void refusesDocumentsThatMayBeReadInTwoWays(String text) {
        assertThatThrownBy(() -> ImageDocument.parse(bytes(text)))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID));
    }

    @Test
    void refusesAShapeOtherThanTheResponseSaid() {
        assertThatThrownBy(() -> ImageDocument.parse(bytes(INDEX), MediaType.OCI_MANIFEST))
                .hasMessageContaining("has the shape of an index");
        assertThatThrownBy(() -> ImageDocument.parse(bytes(MANIFEST), MediaType.DOCKER_INDEX + "; charset=utf-8"))
                .hasMessageContaining("has the shape of a manifest");
        assertThat(ImageDocument.parse(bytes(MANIFEST), "application/json")).isInstanceOf(Manifest.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[]}",
                "{\"schemaVersion\":1,\"manifests\":[]}",
                "{\"schemaVersion\":2,\"fsLayers\":[]}",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}",
            })
    void refusesSchema1InWords(String text) {
        assertThatThrownBy(() -> ImageDocument.parse(bytes(text))).isInstanceOfSatisfying(WherryException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED);
            assertThat(e).hasMessageContaining("schema 1");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"size\":5 | \"size\":-5 | config.size",
                "\"size\":5 | \"size\":1e3 | config.size",
                "\"size\":5 | \"size\":9223372036854775808 | config.size",
                "\"size\":5 | \"sise\":5 | config.size",
                "\"digest\":\"sha256:0 | \"digest\":\"sha256:../ | config.digest",
                "\"digest\":\"sha256:0 | \"digest\":\"md5:0 | config.digest",
                "\"mediaType\" | \"mediatype\" | config.mediaType",
            })
    void namesThePathOfAWrongDescriptor(String from, String to, String path) {
        assertThat(MANIFEST).contains(from);
        byte[] document = bytes(MANIFEST.replace(from, to));
        assertThatThrownBy(() -> ImageDocument.parse(document)).hasMessageStartingWith("Field `" + path + "`");
    }

    @Test
    void boundsTheNumberOfLayers() {
        String layer = "{\"mediaType\":\"x\"," + D + "}";
        String many = "\"layers\":[" + (layer + ",").repeat(1000) + layer + "]";
        byte[] document = bytes("{\"schemaVersion\":2," + CONFIG + "," + many + "}");
        assertThatThrownBy(() -> ImageDocument.parse(document)).hasMessageContaining("has 1001 layers");
    }

    @Test
    void aSizeThatOverflowsTheSumIsNotSilent() {
        String layer =
                "{\"mediaType\":\"x\",\"digest\":\"sha256:" + "0".repeat(64) + "\",\"size\":9223372036854775807}";
        Manifest manifest =
                Manifest.parse(bytes("{\"schemaVersion\":2," + CONFIG + ",\"layers\":[" + layer + "," + layer + "]}"));
        assertThatThrownBy(manifest::totalSize).isInstanceOf(WherryException.class);
    }

    @Test
    void selectsTheBestPlatform() {
        Index index = Index.of(
                List.of(
                        entry('1', "linux/amd64"),
                        entry('2', "linux/amd64/v3"),
                        entry('3', "linux/arm64"),
                        entry('4', "linux/arm64"),
                        entry('5', "unknown/unknown"),
                        new Descriptor(MediaType.OCI_INDEX, digest('6'), 1),
                        new Descriptor("application/x", digest('7'), 1).withPlatform(Platform.parse("linux/s390x"))),
                Map.of());
        assertThat(index.select(PlatformPreference.of(Platform.parse("linux/amd64/v4"))))
                .hasValueSatisfying(found -> assertThat(found.digest()).isEqualTo(digest('2')));
        assertThat(index.select(PlatformPreference.of(Platform.parse("linux/arm64"))))
                .hasValueSatisfying(found -> assertThat(found.digest()).isEqualTo(digest('3')));
        assertThat(index.select(PlatformPreference.of(Platform.parse("linux/s390x"))))
                .hasValueSatisfying(found -> assertThat(found.digest()).isEqualTo(digest('6')));
    }

    @Test
    void saysWhichPlatformsThereAre() {
        Index index = Index.of(List.of(entry('1', "linux/amd64"), entry('5', "unknown/unknown")), Map.of());
        assertThatThrownBy(() -> index.require(PlatformPreference.of(Platform.parse("linux/s390x")), "a:1"))
                .isInstanceOfSatisfying(WherryException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND);
                    assertThat(e).hasMessage("`a:1` has no image for linux/s390x.");
                    assertThat(e.hint()).contains("It has images for linux/amd64.");
                });
    }

    @Test
    void whatIsMadeReadsBack() {
        Descriptor config = new Descriptor(MediaType.OCI_CONFIG, digest('1'), 7);
        Manifest manifest =
                Manifest.of(config, List.of(new Descriptor(MediaType.OCI_LAYER, digest('2'), 9)), Map.of("a", "b"));
        Manifest again = Manifest.parse(manifest.raw());
        assertThat(again.config()).isEqualTo(config);
        assertThat(again.layers()).isEqualTo(manifest.layers());
        assertThat(again.annotations()).containsEntry("a", "b");
        assertThat(again.digest()).isEqualTo(manifest.digest());
    }

    @Test
    void descriptorsKeepUnknownFields() {
        String text = "{\"mediaType\":\"x\"," + D + ",\"urls\":[\"https://u\"],\"annotations\":{\"a\":\"b\"},"
                + "\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"os.version\":\"1\",\"x\":1},"
                + "\"artifactType\":\"t\",\"data\":\"AAAA\"}";
        Descriptor descriptor = Descriptor.fromJson(
                io.wherry.oci.json.JsonObject.parse(bytes(text)).fields());
        assertThat(descriptor.toJson()).hasToString(text);
    }

    private static Descriptor entry(char digest, String platform) {
        return new Descriptor(MediaType.OCI_MANIFEST, digest(digest), 1).withPlatform(Platform.parse(platform));
    }

    private static Digest digest(char c) {
        return Digest.parse("sha256:" + Character.toString(c).repeat(64));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
