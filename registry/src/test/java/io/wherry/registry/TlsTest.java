package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wherry.oci.ImageReference;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
    private static final Credentials ALICE = new Credentials.Basic("alice", new Secret("secret"));

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static SSLContext right;
    private static SSLContext wrongName;

    private final TestImage image = new TestImage();

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority = new TestAuthority(folder);
        right = authority.server("right", "ip:127.0.0.1,dns:localhost");
        wrongName = authority.server("wrong", "dns:registry.example");
    }

    private static RegistryConfig config() {
        return RegistryConfig.DEFAULT.withPatience(TestImage.QUICK);
    }

    private static RegistryConfig trusting() {
        return config().withCaFiles(List.of(authority.caFile()));
    }

    @Test
    void believesAConfiguredAuthority() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(right, image)) {
            RegistryClient client = new RegistryClient(trusting());
            assertThat(client.resolve(image.reference(registry)).document().raw())
                    .isEqualTo(image.manifest.raw());
            assertThat(image.pullLayer(client, registry, BlobPosition.start(image.layerDescriptor)))
                    .isEqualTo(image.layer);
        }
    }

    @Test
    void refusesAnUnknownAuthorityAndNeverFallsBack() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(right, (request, reply) -> {
            requests.incrementAndGet();
            image.answer(request, reply);
        })) {
            RegistryClient client = new RegistryClient(config().withCredentials((_, _) -> Optional.of(ALICE)));
            assertFails(
                    Kind.FAILED_PRECONDITION,
                    "did not prove who it is",
                    () -> client.resolve(image.reference(registry)));
            assertThat(requests).hasValue(0);
        }
    }

    @Test
    void refusesACertificateForAnotherName() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(wrongName, image)) {
            RegistryClient client = new RegistryClient(trusting());
            assertFails(
                    Kind.FAILED_PRECONDITION,
                    "did not prove who it is",
                    () -> client.resolve(image.reference(registry)));
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void asksNoProofOfAnInsecureRegistry() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(wrongName, image)) {
            RegistryClient client = new RegistryClient(config().withInsecureHosts(Set.of(registry.name())));
            assertThat(client.resolve(image.reference(registry))).isNotNull();
        }
    }

    @Test
    void anInsecureRegistryIsStillNotSpokenToWithoutTls() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            RegistryClient client = new RegistryClient(config().withInsecureHosts(Set.of(registry.name())));
            assertFails(
                    Kind.FAILED_PRECONDITION, "does not speak TLS", () -> client.resolve(image.reference(registry)));
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void aHostBeyondLoopbackIsNotSpokenToWithoutTls() throws IOException {
        InetAddress self = InetAddress.getLocalHost();
        assumeFalse(Hosts.isLoopback(self.getHostName()));
        try (ScriptedRegistry registry = ScriptedRegistry.start(self.getHostAddress(), image)) {
            ImageReference reference = ImageReference.parse(self.getHostName() + ":" + registry.port() + "/a");
            assertFails(
                    Kind.FAILED_PRECONDITION,
                    "does not speak TLS",
                    () -> new RegistryClient(config()).resolve(reference));
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void neverFollowsFromTlsToPlainHttp() throws IOException {
        try (ScriptedRegistry plain = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.startTls(right, (request, reply) -> {
                    if (request.path().equals("/v2/")) {
                        reply.send(200, "", "{}");
                    } else {
                        reply.send(302, "Location: http://" + plain.name() + request.path() + "\r\n", "");
                    }
                })) {
            RegistryClient client = new RegistryClient(trusting());
            assertFails(
                    Kind.DENIED, "redirected from TLS to plain HTTP", () -> client.resolve(image.reference(registry)));
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void neverAsksAnUnprotectedTokenServiceForAProtectedRegistry() throws IOException {
        try (ScriptedRegistry plain = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.startTls(
                        right,
                        (request, reply) -> reply.send(
                                401, "WWW-Authenticate: Bearer realm=\"http://" + plain.name() + "/token\"\r\n", ""))) {
            RegistryClient client = new RegistryClient(trusting().withCredentials((_, _) -> Optional.of(ALICE)));
            assertFails(Kind.DENIED, "not protected by TLS", () -> client.resolve(image.reference(registry)));
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void aProtectedTokenServiceOfAStrangerIsAskedWithoutCredentials() throws Exception {
        SSLContext stranger = authority.server("stranger", "ip:127.0.0.2,dns:localhost");
        try (ScriptedRegistry tokens = ScriptedRegistry.startTls(
                        stranger, (request, reply) -> reply.send(200, "", "{\"token\":\"anonymous\"}"));
                ScriptedRegistry registry = ScriptedRegistry.startTls(
                        right,
                        (request, reply) -> reply.send(
                                401,
                                "WWW-Authenticate: Bearer realm=\"https://localhost:" + tokens.port() + "/token\"\r\n",
                                ""))) {
            RegistryClient client = new RegistryClient(trusting().withCredentials((_, _) -> {
                throw new AssertionError("a stranger's question");
            }));
            assertFails(Kind.DENIED, "is another owner's", () -> client.resolve(image.reference(registry)));
            assertThat(tokens.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
            assertThat(registry.requests().getLast().header("authorization")).isEqualTo("Bearer anonymous");
        }
    }

    @Test
    void saysWhichAuthorityFileIsBroken() throws IOException {
        Path broken = folder.resolve("broken.pem");
        Files.writeString(broken, "no certificate\n");
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(right, image)) {
            for (Path file : List.of(broken, folder.resolve("missing.pem"))) {
                RegistryClient client = new RegistryClient(config().withCaFiles(List.of(file)));
                assertFails(
                        Kind.INVALID,
                        "Cannot read certificates from `" + file,
                        () -> client.resolve(image.reference(registry)));
            }
        }
    }
}
