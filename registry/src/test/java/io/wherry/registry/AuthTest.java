package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wherry.oci.ImageReference;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthTest {
    private static final Credentials ALICE = new Credentials.Basic("alice", new Secret("pa:ss"));
    private static final String ALICE_HEADER =
            "Basic " + Base64.getEncoder().encodeToString("alice:pa:ss".getBytes(StandardCharsets.UTF_8));

    private final TestImage image = new TestImage();

    /** A registry that wants a token from its own {@code /token}, which gives {@code t1}, {@code t2} and so on. */
    private final class TokenRegistry implements ScriptedRegistry.Script {
        final AtomicInteger tokens = new AtomicInteger();
        volatile String realm = "";
        volatile String answer = "{\"token\":\"t%d\",\"expires_in\":300}";
        volatile String accepted = "t1";

        @Override
        public void answer(ScriptedRegistry.Request request, ScriptedRegistry.Reply reply) throws IOException {
            if (request.path().equals("/token")) {
                reply.send(200, "", answer.formatted(tokens.incrementAndGet()));
            } else if (request.header("authorization").equals("Bearer " + accepted)) {
                image.answer(request, reply);
            } else {
                String at = realm.isEmpty() ? "http://" + request.header("host") + "/token" : realm;
                reply.send(
                        401,
                        "WWW-Authenticate: Bearer realm=\"" + at
                                + "\",service=\"a b\",scope=\"repository:acme/app:pull,push repository:other:pull\"\r\n",
                        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
            }
        }
    }

    private static RegistryClient client(Credentials... credentials) {
        Optional<Credentials> found = credentials.length == 0 ? Optional.empty() : Optional.of(credentials[0]);
        return new RegistryClient(config().withCredentials((_, _) -> found));
    }

    /** Loopback: plain HTTP without being configured. */
    private static RegistryConfig config() {
        return RegistryConfig.DEFAULT.withPatience(TestImage.QUICK);
    }

    @Test
    void getsATokenForItsOwnScopeOnly() throws IOException {
        TokenRegistry script = new TokenRegistry();
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            RegistryClient client = client();
            client.resolve(image.reference(registry));
            assertThat(image.pullLayer(client, registry, BlobPosition.start(image.layerDescriptor)))
                    .isEqualTo(image.layer);
            ScriptedRegistry.Request asked = registry.requests("/token").get(0);
            assertThat(asked.query()).isEqualTo("service=a+b&scope=repository%3Aacme%2Fapp%3Apull");
            assertThat(asked.headers()).doesNotContainKey("authorization");
            assertThat(script.tokens).hasValue(1);
            assertThat(registry.requests("/acme/")).hasSize(3);
        }
    }

    @Test
    void showsCredentialsToTheTokenServiceAndNotToTheRegistry() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(new TokenRegistry())) {
            client(ALICE).resolve(image.reference(registry));
            assertThat(registry.requests("/token").get(0).header("authorization"))
                    .isEqualTo(ALICE_HEADER);
            assertThat(registry.requests("/acme/"))
                    .noneMatch(request -> request.header("authorization").startsWith("Basic"));
        }
    }

    @Test
    void exchangesAnIdentityToken() throws IOException {
        TokenRegistry script = new TokenRegistry();
        script.answer = "{\"access_token\":\"t%d\",\"scope\":\"repository:acme/app:pull\",\"refresh_token\":\"x\"}";
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            client(new Credentials.IdentityToken(new Secret("id&t=1"))).resolve(image.reference(registry));
            ScriptedRegistry.Request asked = registry.requests("/token").get(0);
            assertThat(asked.method()).isEqualTo("POST");
            assertThat(asked.body())
                    .isEqualTo("service=a+b&scope=repository%3Aacme%2Fapp%3Apull&grant_type=refresh_token"
                            + "&client_id=wherry&refresh_token=id%26t%3D1");
            assertThat(asked.query()).isEmpty();
        }
    }

    @Test
    void aStrangersTokenServiceLearnsNoCredentials() throws IOException {
        try (ScriptedRegistry stranger = ScriptedRegistry.start("127.0.0.2", new TokenRegistry())) {
            TokenRegistry script = new TokenRegistry();
            script.realm = "http://" + stranger.name() + "/token";
            try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
                assertFails(
                        Kind.DENIED, "not protected by TLS", () -> client(ALICE).resolve(image.reference(registry)));
            }
            assertThat(stranger.requests()).isEmpty();
        }
    }

    @Test
    void refusesRealmsThatAreNoTokenService() throws IOException {
        for (String realm : List.of(
                "file:///etc/passwd",
                "ftp://127.0.0.1/token",
                "/token",
                "http://",
                "::",
                "http://user:pw@127.0.0.1/token",
                "https://169.254.169.254/latest/meta-data",
                "https://[fe80::1]/token",
                "https://0.0.0.0/token")) {
            TokenRegistry script = new TokenRegistry();
            script.realm = realm;
            try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
                assertFails(
                        Kind.DENIED,
                        "points to a token service",
                        () -> client(ALICE).resolve(image.reference(registry)));
                assertThat(registry.requests("/acme/")).hasSize(1);
            }
        }
    }

    @Test
    void a401ForEverEndsAfterOneToken() throws IOException {
        TokenRegistry script = new TokenRegistry();
        script.accepted = "never";
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            assertThatThrownBy(() -> client(ALICE).resolve(image.reference(registry)))
                    .isInstanceOfSatisfying(RegistryException.class, e -> {
                        assertThat(e.kind()).isEqualTo(Kind.DENIED);
                        assertThat(e.getMessage())
                                .contains("with 401 UNAUTHORIZED: no (as user alice)")
                                .doesNotContain("pa:ss");
                        assertThat(e.hint().orElseThrow()).contains("log in to `" + registry.name() + "` again");
                    });
            assertThat(script.tokens).hasValue(1);
            assertThat(registry.requests("/acme/")).hasSize(2);
        }
    }

    @Test
    void saysThatNobodyIsLoggedIn() throws IOException {
        TokenRegistry script = new TokenRegistry();
        script.accepted = "never";
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            assertThatThrownBy(() -> client().resolve(image.reference(registry)))
                    .isInstanceOfSatisfying(RegistryException.class, e -> {
                        assertThat(e).hasMessageContaining("(no credentials sent)");
                        assertThat(e.hint().orElseThrow()).startsWith("Log in to `" + registry.name() + "`");
                    });
        }
    }

    @Test
    void oddChallengesAreNotAnswered() throws IOException {
        for (String header : List.of(
                "",
                "WWW-Authenticate: \r\n",
                "WWW-Authenticate: Bearer\r\n",
                "WWW-Authenticate: Bearer realm\r\n",
                "WWW-Authenticate: Bearer realm=\"http://127.0.0.1\r\n",
                "WWW-Authenticate: Negotiate YII=\r\n",
                "WWW-Authenticate: Bearer " + "a=b,".repeat(3000) + "\r\n")) {
            try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                if (request.path().equals("/v2/")) {
                    reply.send(200, "", "{}");
                } else {
                    reply.send(401, header, "");
                }
            })) {
                assertFails(Kind.DENIED, "with 401", () -> client(ALICE).resolve(image.reference(registry)));
                assertThat(registry.requests("/acme/")).hasSize(1);
            }
        }
    }

    @Test
    void refusesWhatIsNoToken() throws IOException {
        for (String answer : List.of(
                "<html>",
                "{}",
                "[]",
                "{\"token\":\"\"}",
                "{\"token\":5}",
                "{\"token\":\"a\\r\\nX-Evil: 1\"}",
                "{\"token\":\"a b\"}",
                "{\"token\":\"t1\",\"scope\":\"repository:other:pull\"}",
                "{\"token\":\"t1\",\"token\":\"t2\"}",
                "{\"token\":\"" + "x".repeat(300 << 10) + "\"}",
                " ".repeat((1 << 20) + 1))) {
            TokenRegistry script = new TokenRegistry();
            script.answer = answer;
            try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
                assertFails(Kind.DENIED, "is answered with", () -> client().resolve(image.reference(registry)));
                assertThat(script.tokens).hasValue(1);
            }
        }
    }

    @Test
    void aTokenServiceMayFailForAMoment() throws IOException {
        TokenRegistry script = new TokenRegistry();
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (request.path().equals("/token") && served.getAndIncrement() < 2) {
                reply.send(503, "", "");
            } else {
                script.answer(request, reply);
            }
        })) {
            assertThat(client().resolve(image.reference(registry)).document().raw())
                    .isEqualTo(image.manifest.raw());
        }
    }

    @Test
    void theTokenServiceRefusesThePassword() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (request.path().equals("/token")) {
                reply.send(401, "", "{\"details\":\"incorrect username or password\"}");
            } else {
                new TokenRegistry().answer(request, reply);
            }
        })) {
            assertThatThrownBy(() -> client(ALICE).resolve(image.reference(registry)))
                    .isInstanceOfSatisfying(RegistryException.class, e -> {
                        assertThat(e)
                                .hasMessageContaining("the token service of `" + registry.name() + "` answered GET");
                        assertThat(e.getMessage()).doesNotContain("scope");
                        assertThat(e.hint().orElseThrow()).contains("refused");
                    });
            assertThat(registry.requests("/token")).hasSize(1);
        }
    }

    @Test
    void anExpiredTokenIsRenewedBeforeItIsSent() throws IOException {
        TokenRegistry script = new TokenRegistry();
        AtomicLong nanos = new AtomicLong();
        Ticker ticker = new Ticker() {
            @Override
            public long nanoTime() {
                return nanos.get();
            }
        };
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            RegistryClient client = new RegistryClient(config(), ticker);
            client.resolve(image.reference(registry));
            nanos.addAndGet(Duration.ofSeconds(299).toNanos());
            client.resolve(image.reference(registry));
            assertThat(script.tokens).hasValue(1);
            nanos.addAndGet(Duration.ofSeconds(2).toNanos());
            script.accepted = "t2";
            client.resolve(image.reference(registry));
            assertThat(script.tokens).hasValue(2);
            assertThat(registry.requests("/acme/"))
                    .extracting(request -> request.header("authorization"))
                    .containsExactly("", "Bearer t1", "Bearer t1", "Bearer t2");
        }
    }

    @Test
    void aTokenThatIsRefusedMidPullIsRenewedOnce() throws IOException {
        TokenRegistry script = new TokenRegistry();
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            RegistryClient client = client();
            client.resolve(image.reference(registry));
            script.accepted = "t2";
            assertThat(image.pullLayer(client, registry, BlobPosition.start(image.layerDescriptor)))
                    .isEqualTo(image.layer);
            assertThat(script.tokens).hasValue(2);
        }
    }

    @Test
    void severalLayersShareOneToken() throws Exception {
        TokenRegistry script = new TokenRegistry();
        try (ScriptedRegistry registry = ScriptedRegistry.start(script);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            RegistryClient client = client();
            List<Future<byte[]>> pulls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                pulls.add(threads.submit(
                        () -> image.pullLayer(client, registry, BlobPosition.start(image.layerDescriptor))));
            }
            for (Future<byte[]> pull : pulls) {
                assertThat(pull.get()).isEqualTo(image.layer);
            }
            assertThat(script.tokens).hasValue(1);
        }
    }

    @Test
    void answersBasicOnLoopback() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(this::basic)) {
            RegistryClient client = client(ALICE);
            client.resolve(image.reference(registry));
            client.resolve(image.reference(registry));
            assertThat(registry.requests("/acme/")).hasSize(3);
            assertFails(
                    Kind.DENIED,
                    "(as user bob)",
                    () -> client(new Credentials.Basic("bob", new Secret("x"))).resolve(image.reference(registry)));
            assertFails(Kind.DENIED, "(no credentials sent)", () -> client().resolve(image.reference(registry)));
        }
    }

    private void basic(ScriptedRegistry.Request request, ScriptedRegistry.Reply reply) throws IOException {
        if (request.header("authorization").equals(ALICE_HEADER)) {
            image.answer(request, reply);
        } else {
            reply.send(401, "WWW-Authenticate: Basic realm=\"x, y\"\r\n", "");
        }
    }

    @Test
    void credentialsAreOnlyLookedForWhenAsked() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            RegistryConfig config = config().withCredentials((_, _) -> {
                throw new AssertionError("nobody asked");
            });
            assertThat(new RegistryClient(config).resolve(image.reference(registry)))
                    .isNotNull();
        }
    }

    @Test
    void noPasswordOverPlainHttpBeyondLoopback() throws IOException {
        // The name is this machine's own, but not one that is loopback whatever a name server says.
        InetAddress self = InetAddress.getLocalHost();
        assumeFalse(Hosts.isLoopback(self.getHostName()));
        try (ScriptedRegistry registry = ScriptedRegistry.start(self.getHostAddress(), this::basic)) {
            String name = self.getHostName() + ":" + registry.port();
            RegistryConfig config =
                    config().withPlainHttpHosts(Set.of(name)).withCredentials((_, _) -> Optional.of(ALICE));
            assertFails(
                    Kind.DENIED,
                    "not sent over plain HTTP",
                    () -> new RegistryClient(config).resolve(ImageReference.parse(name + "/a")));
            assertThat(registry.requests())
                    .hasSize(1)
                    .allMatch(request -> request.header("authorization").isEmpty());
        }
    }
}
