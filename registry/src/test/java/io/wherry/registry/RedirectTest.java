package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedirectTest {
    private final TestImage image = new TestImage();

    private ScriptedRegistry redirecting(int status, String location) throws IOException {
        return ScriptedRegistry.start((request, reply) -> {
            if (request.path().contains("/blobs/")) {
                reply.send(status, "Location: " + location + "\r\n", "gone there");
            } else {
                image.answer(request, reply);
            }
        });
    }

    @Test
    void followsToAnotherHostWithoutCredentials() throws IOException {
        try (ScriptedRegistry storage = ScriptedRegistry.start("127.0.0.2", image::sendLayer)) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                String target = "http://" + storage.name() + "/signed?key=1";
                try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                    if (request.header("authorization").isEmpty()
                            && !request.path().equals("/v2/")) {
                        reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "");
                    } else {
                        reply.send(status, "Location: " + target + "\r\n", "");
                    }
                })) {
                    RegistryConfig config = RegistryConfig.DEFAULT
                            .withPatience(TestImage.QUICK)
                            .withCredentials(
                                    (_, _) -> Optional.of(new Credentials.Basic("alice", new Secret("secret"))));
                    assertThat(image.pullLayer(
                                    new RegistryClient(config), registry, BlobPosition.start(image.layerDescriptor)))
                            .isEqualTo(image.layer);
                    assertThat(registry.requests())
                            .anyMatch(request -> request.header("authorization").startsWith("Basic"));
                }
            }
            assertThat(storage.requests()).hasSize(5).allSatisfy(request -> {
                assertThat(request.headers()).doesNotContainKey("authorization");
                assertThat(request.query()).isEqualTo("key=1");
            });
        }
    }

    @Test
    void credentialsDoNotComeBackAfterADetour() throws IOException {
        AtomicInteger port = new AtomicInteger();
        try (ScriptedRegistry detour = ScriptedRegistry.start((request, reply) ->
                        reply.send(302, "Location: http://127.0.0.1:" + port + "/v2/elsewhere\r\n", ""));
                ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                    if (request.path().equals("/v2/elsewhere")) {
                        image.sendLayer(request, reply);
                    } else if (request.header("authorization").isEmpty()) {
                        reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", "");
                    } else {
                        reply.send(302, "Location: http://" + detour.name() + "/x\r\n", "");
                    }
                })) {
            port.set(registry.port());
            RegistryConfig config = RegistryConfig.DEFAULT
                    .withPatience(TestImage.QUICK)
                    .withCredentials((_, _) -> Optional.of(new Credentials.Basic("alice", new Secret("secret"))));
            assertThat(image.pullLayer(new RegistryClient(config), registry, BlobPosition.start(image.layerDescriptor)))
                    .isEqualTo(image.layer);
            assertThat(detour.requests().get(0).headers()).doesNotContainKey("authorization");
            assertThat(registry.requests("/elsewhere").get(0).headers()).doesNotContainKey("authorization");
        }
    }

    @Test
    void relativeAddressesKeepTheGrant() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (request.path().equals("/storage/x")) {
                image.sendLayer(request, reply);
            } else {
                reply.send(307, "Location: /storage/x\r\n", "");
            }
        })) {
            assertThat(image.pullLayer(registry)).isEqualTo(image.layer);
        }
    }

    @Test
    void asksTheRegistryAgainWhenStorageBreaks() throws IOException {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry storage = ScriptedRegistry.start("127.0.0.2", (request, reply) -> {
                    if (served.getAndIncrement() == 0) {
                        reply.raw(ScriptedRegistry.Reply.head(200, "Content-Length: 300000\r\n"));
                        reply.raw(Arrays.copyOf(image.layer, 1000));
                        reply.close();
                    } else {
                        image.sendLayer(request, reply);
                    }
                });
                ScriptedRegistry registry = redirecting(302, "http://" + storage.name() + "/signed")) {
            assertThat(image.pullLayer(registry)).isEqualTo(image.layer);
            assertThat(registry.requests("/blobs/")).hasSize(2);
        }
    }

    @Test
    void refusesPlacesThatNoRegistryNames() throws IOException {
        for (String location : List.of(
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
                "//user@127.0.0.2/x",
                "http://user:pw@127.0.0.2/x",
                "http://169.254.169.254/latest/meta-data",
                "https://169.254.169.254/latest/meta-data",
                "https://[fe80::1]/",
                "https://[fd00:ec2::254]/",
                "https://100.100.100.200/",
                "https://0.0.0.0/",
                "https://224.0.0.1/",
                "http://192.0.2.1/x",
                "https:///x",
                "http://[::1",
                "")) {
            try (ScriptedRegistry registry = redirecting(302, location)) {
                assertFails(Kind.DENIED, "which Wherry does not follow", () -> image.pullLayer(registry));
                assertThat(registry.requests("/blobs/")).as(location).hasSize(1);
            }
        }
    }

    @Test
    void endsALoop() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(
                (request, reply) -> reply.send(302, "Location: " + request.path() + "x\r\n", ""))) {
            assertFails(Kind.DENIED, "redirected more than 10 times", () -> image.pullLayer(registry));
            assertThat(registry.requests()).hasSize(11);
        }
    }

    @Test
    void a401ElsewhereIsNoQuestionForCredentials() throws IOException {
        try (ScriptedRegistry storage = ScriptedRegistry.start(
                        "127.0.0.2",
                        (request, reply) -> reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", ""));
                ScriptedRegistry registry = redirecting(302, "http://" + storage.name() + "/x")) {
            RegistryConfig config = TestImage.plain(registry).withCredentials((_, _) -> {
                throw new AssertionError("not the registry's question");
            });
            assertFails(
                    Kind.DENIED,
                    "with 401",
                    () -> image.pullLayer(
                            new RegistryClient(config), registry, BlobPosition.start(image.layerDescriptor)));
            assertThat(storage.requests()).hasSize(1);
        }
    }
}
