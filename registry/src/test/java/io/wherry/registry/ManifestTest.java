package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.Platform;
import io.wherry.oci.PlatformPreference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManifestTest {
    private static final String OCI = "Content-Type: " + MediaType.OCI_MANIFEST + "\r\n";

    private final TestImage image = new TestImage();

    @Test
    void resolvesATag() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            ResolvedManifest found = resolve(registry);
            assertThat(found.descriptor()).isEqualTo(image.manifest.descriptor());
            assertThat(found.document().raw()).isEqualTo(image.manifest.raw());
            assertThat(registry.requests().get(0).path()).isEqualTo("/v2/acme/app/manifests/1");
            assertThat(registry.requests().get(0).header("accept"))
                    .contains(MediaType.OCI_INDEX)
                    .contains(MediaType.DOCKER_MANIFEST);
            assertThat(TestImage.client(registry)
                            .document(image.reference(registry), ((Manifest) found.document()).config()))
                    .isEqualTo(image.config);
        }
    }

    @Test
    void aDigestGoesBeforeATag() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            ImageReference reference = image.reference(registry).withDigest(image.manifest.digest());
            TestImage.client(registry).resolve(reference);
            assertThat(registry.requests().get(0).path()).endsWith("/manifests/" + image.manifest.digest());
        }
    }

    @Test
    void walksFromIndexToManifest() throws IOException {
        Index index =
                Index.of(List.of(image.manifest.descriptor().withPlatform(Platform.parse("linux/amd64"))), Map.of());
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (request.path().endsWith("/1")) {
                reply.send(200, "Content-Type: " + MediaType.OCI_INDEX + "\r\n", index.raw());
            } else {
                image.answer(request, reply);
            }
        })) {
            RegistryClient client = TestImage.client(registry);
            Index found = (Index) client.resolve(image.reference(registry)).document();
            Descriptor entry = found.require(PlatformPreference.of(Platform.parse("linux/amd64")), "x");
            assertThat(client.manifest(image.reference(registry), entry)
                            .document()
                            .raw())
                    .isEqualTo(image.manifest.raw());
        }
    }

    @Test
    void findsOutHowALoopbackRegistryIsSpokenTo() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            new RegistryClient(RegistryConfig.DEFAULT.withPatience(TestImage.QUICK)).resolve(image.reference(registry));
            assertThat(registry.requests().get(0).path()).isEqualTo("/v2/");
            assertThat(registry.requests()).hasSize(2);
        }
    }

    @Test
    void speaksToAnIpv6Address() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")));
        try (ScriptedRegistry registry = ScriptedRegistry.start("::1", image)) {
            RegistryClient client = new RegistryClient(RegistryConfig.DEFAULT.withPatience(TestImage.QUICK));
            assertThat(client.resolve(image.reference(registry)).document().raw())
                    .isEqualTo(image.manifest.raw());
        }
    }

    @Test
    void refusesOtherBytesThanTheDigestSays() throws IOException {
        byte[] other =
                (new String(image.manifest.raw(), StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8);
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, OCI, other))) {
            ImageReference reference = image.reference(registry).withDigest(image.manifest.digest());
            assertFails(
                    Kind.CORRUPT,
                    "asked for was " + image.manifest.digest(),
                    () -> TestImage.client(registry).resolve(reference));
            assertFails(
                    Kind.CORRUPT,
                    "bytes, expected",
                    () -> TestImage.client(registry).manifest(reference, image.manifest.descriptor()));
            assertThat(registry.requests()).hasSize(2);
        }
    }

    @Test
    void refusesWhenTheRegistryContradictsItself() throws IOException {
        for (String told : List.of(Digest.sha256("x").toString(), "sha256:../../etc", "nonsense")) {
            refused(
                    OCI + "Docker-Content-Digest: " + told + "\r\n",
                    image.manifest.raw(),
                    Kind.CORRUPT,
                    "the registry says");
        }
        refused(
                "Content-Type: " + MediaType.OCI_INDEX + "\r\n",
                image.manifest.raw(),
                Kind.INVALID,
                "has the shape of a manifest");
    }

    @Test
    void refusesWhatIsNoManifest() throws IOException {
        refused(
                "Content-Type: text/html; charset=utf-8\r\n",
                "<html>Log in</html>".getBytes(StandardCharsets.UTF_8),
                Kind.INVALID,
                "a web page instead of a manifest");
        refused(OCI, "<html>".getBytes(StandardCharsets.UTF_8), Kind.INVALID, "Invalid JSON at byte 0");
        refused(OCI, new byte[0], Kind.INVALID, "Invalid JSON");
        refused(
                OCI,
                "{\"schemaVersion\":1,\"fsLayers\":[]}".getBytes(StandardCharsets.UTF_8),
                Kind.UNSUPPORTED,
                "schema 1");
        refused(
                OCI,
                "{\"schemaVersion\":2,\"layers\":[],\"manifests\":[]}".getBytes(StandardCharsets.UTF_8),
                Kind.INVALID,
                "of a manifest and of an index");
    }

    private void refused(String headers, byte[] body, Kind kind, String message) throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, headers, body))) {
            assertFails(kind, message, () -> resolve(registry));
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void stopsReadingWhatIsTooLong() throws IOException {
        refused(OCI, new byte[(4 << 20) + 1], Kind.INVALID, "more than the 4194304 bytes");
        AtomicInteger sent = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw("HTTP/1.1 200 X\r\n" + OCI + "Transfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 2000; i++) {
                reply.raw(chunk);
                sent.incrementAndGet();
            }
        })) {
            assertFails(Kind.INVALID, "more than the 4194304 bytes", () -> resolve(registry));
            assertThat(sent.get()).isLessThan(1000);
        }
    }

    @Test
    void aTruncatedManifestIsAskedForAgain() throws IOException {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (served.getAndIncrement() == 0) {
                reply.raw("HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{\"schemaVersion\":2");
                reply.close();
            } else {
                image.answer(request, reply);
            }
        })) {
            assertThat(resolve(registry).document().raw()).isEqualTo(image.manifest.raw());
        }
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            ImageReference reference = image.reference(registry).withTag("2");
            assertThatThrownBy(() -> TestImage.client(registry).resolve(reference))
                    .isInstanceOfSatisfying(RegistryException.class, e -> {
                        assertThat(e)
                                .hasMessage("Cannot pull `" + registry.name()
                                        + "/acme/app:2`: the registry answered GET http://" + registry.name()
                                        + "/v2/acme/app/manifests/2 with 404 MANIFEST_UNKNOWN: manifest unknown.");
                        assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND);
                        assertThat(e.hint()).contains("Check the name and the tag.");
                    });
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void waitsAsLongAsTheRegistryAsks() throws IOException {
        Map<String, Long> millis = Map.of(
                "Retry-After: 7\r\n", 7_000L,
                "Retry-After: 31536000\r\n", 60_000L,
                "Retry-After: Wed, 21 Oct 2026 07:28:30 GMT\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\n", 30_000L);
        for (Map.Entry<String, Long> entry : millis.entrySet()) {
            assertThat(waits(entry.getKey(), 429)).containsExactly(Duration.ofMillis(entry.getValue()));
        }
        for (String header : List.of(
                "",
                "Retry-After: 0\r\n",
                "Retry-After: -5\r\n",
                "Retry-After: soon\r\n",
                "Retry-After: 99999999999999999999\r\n",
                "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n")) {
            assertThat(waits(header, 503))
                    .singleElement()
                    .satisfies(wait -> assertThat(wait).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        }
    }

    /** Waits of a client whose first answer has this header; nobody really sleeps. */
    private List<Duration> waits(String header, int status) throws IOException {
        List<Duration> waits = new ArrayList<>();
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (served.getAndIncrement() == 0) {
                reply.send(status, header, "");
            } else {
                image.answer(request, reply);
            }
        })) {
            RegistryConfig config = RegistryConfig.DEFAULT.withPlainHttpHosts(Set.of(registry.name()));
            new RegistryClient(config, recording(waits)).resolve(image.reference(registry));
        }
        return waits;
    }

    private static Ticker recording(List<Duration> waits) {
        return new Ticker() {
            @Override
            public void sleep(Duration duration) {
                waits.add(duration);
            }
        };
    }

    @Test
    void backsOffLongerEachTimeAndStopsInTime() throws IOException {
        List<Duration> waits = new ArrayList<>();
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(503, "", ""))) {
            RegistryConfig config = RegistryConfig.DEFAULT.withPlainHttpHosts(Set.of(registry.name()));
            RegistryClient client = new RegistryClient(config, recording(waits));
            assertFails(Kind.UNAVAILABLE, "with 503 (5 tries).", () -> client.resolve(image.reference(registry)));
            assertThat(registry.requests()).hasSize(5);
        }
        assertThat(waits).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(waits.get(i)).isBetween(Duration.ofSeconds(1L << i), Duration.ofSeconds(2L << i));
        }
    }

    @Test
    void tellsTheListenerOfEachWait() throws IOException {
        AtomicInteger served = new AtomicInteger();
        List<String> reasons = new ArrayList<>();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (served.getAndIncrement() == 0) {
                reply.send(502, "", "");
            } else {
                image.answer(request, reply);
            }
        })) {
            TestImage.client(registry).resolve(image.reference(registry), new PullListener() {
                @Override
                public void retrying(String reason, Duration wait) {
                    reasons.add(reason);
                }
            });
        }
        assertThat(reasons).singleElement().asString().contains("with 502");
    }

    @Test
    void aHostThatNeverAnsweredIsAskedOnce() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        RegistryClient client = new RegistryClient(RegistryConfig.DEFAULT);
        long start = System.nanoTime();
        assertThatThrownBy(() -> client.resolve(ImageReference.parse("127.0.0.1:" + port + "/a")))
                .isInstanceOfSatisfying(WherryException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
                    assertThat(e).hasMessageContaining("127.0.0.1:" + port + " cannot be reached");
                    assertThat(e.hint()).isPresent();
                });
        assertThatThrownBy(() -> client.resolve(ImageReference.parse("nowhere.invalid/a")))
                .hasMessageContaining("nowhere.invalid");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void boundsWhatHeadersMayTake() throws IOException {
        List<ScriptedRegistry.Script> floods = List.of(
                (_, reply) -> {
                    reply.raw("HTTP/1.1 200 X\r\nX: " + "x".repeat(1 << 20) + "\r\n\r\n");
                    reply.close();
                },
                (_, reply) -> {
                    reply.raw("HTTP/1.1 200 X\r\n" + "X-Header-Of-Some-Length: 0123456789\r\n".repeat(10_000) + "\r\n");
                    reply.close();
                },
                (_, reply) -> {
                    reply.raw("HTTP/1.1 103 X\r\n\r\n".repeat(100));
                    reply.close();
                },
                (_, reply) -> {
                    reply.raw("SSH-2.0-OpenSSH\r\n");
                    reply.close();
                });
        for (ScriptedRegistry.Script flood : floods) {
            try (ScriptedRegistry registry = ScriptedRegistry.start(flood)) {
                assertFails(Kind.UNAVAILABLE, "tries", () -> resolve(registry));
            }
        }
    }

    private ResolvedManifest resolve(ScriptedRegistry registry) {
        return TestImage.client(registry).resolve(image.reference(registry));
    }
}
