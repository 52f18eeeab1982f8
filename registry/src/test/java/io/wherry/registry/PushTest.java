package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static io.wherry.registry.PushFaultTest.content;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.MediaType;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.PushRegistry.Mishap;
import io.wherry.registry.ScriptedRegistry.Reply;
import io.wherry.registry.ScriptedRegistry.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PushTest {
    private static final Credentials ALICE = new Credentials.Basic("alice", new Secret("pa:ss"));

    private final TestImage image = new TestImage();

    private static RegistryPusher pusher(ScriptedRegistry registry) {
        return new RegistryPusher(TestImage.plain(registry));
    }

    private Pushed pushLayer(RegistryPusher pusher, ScriptedRegistry registry, Optional<String> from) {
        return pusher.blob(
                image.reference(registry), image.layerDescriptor, content(image.layer), from, PushListener.NONE);
    }

    private static List<String> lines(ScriptedRegistry registry) {
        List<String> lines = new ArrayList<>();
        for (Request request : registry.requests()) {
            lines.add(request.method() + " " + request.path().replaceAll(".*/blobs", ""));
        }
        return lines;
    }

    @Test
    void aSmallBlobGoesInOneRequest() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(Mishap.NONE))) {
            List<Long> positions = new ArrayList<>();
            PushListener listener = new PushListener() {
                @Override
                public void sent(Descriptor blob, long position) {
                    positions.add(position);
                }
            };
            Pushed pushed = pusher(registry)
                    .blob(
                            image.reference(registry),
                            image.layerDescriptor,
                            content(image.layer),
                            Optional.empty(),
                            listener);
            assertThat(pushed).isEqualTo(Pushed.SENT);
            assertThat(lines(registry))
                    .containsExactly("HEAD /" + image.layerDescriptor.digest(), "POST /uploads/", "PUT /uploads/u1");
            assertThat(positions).isSorted().endsWith((long) image.layer.length);
        }
    }

    @Test
    void aLargeBlobGoesInChunksOfTheLengthThatTheRegistryWants() throws IOException {
        PushRegistry script = new PushRegistry(Mishap.NONE);
        script.more = "OCI-Chunk-Min-Length: 160000\r\n";
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            pushLayer(
                    new RegistryPusher(TestImage.plain(registry), Ticker.SYSTEM, 100_000), registry, Optional.empty());
            assertThat(registry.requests("/u1").stream()
                            .map(request -> request.header("content-range"))
                            .toList())
                    .containsExactly("0-159999", "160000-299999", "");
        }
    }

    @Test
    void whatIsThereIsNotSent() throws IOException {
        PushRegistry script = new PushRegistry(Mishap.NONE);
        script.blobs.add("acme/app@" + image.layerDescriptor.digest());
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            assertThat(pushLayer(pusher(registry), registry, Optional.of("acme/base")))
                    .isEqualTo(Pushed.PRESENT);
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void whatIsInAnotherRepositoryIsMounted() throws IOException {
        PushRegistry script = new PushRegistry(Mishap.NONE);
        script.blobs.add("acme/base@" + image.layerDescriptor.digest());
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            assertThat(pushLayer(pusher(registry), registry, Optional.of("acme/base")))
                    .isEqualTo(Pushed.MOUNTED);
            assertThat(registry.requests()).hasSize(2);
        }
    }

    @Test
    void aMountThatIsNotGrantedBecomesAnUpload() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(Mishap.NONE))) {
            assertThat(pushLayer(pusher(registry), registry, Optional.of("acme/base")))
                    .isEqualTo(Pushed.SENT);
            assertThat(registry.requests("/uploads/")).hasSize(2);
        }
        Mishap forbidden = (_, request, reply) -> {
            if (!request.query().contains("from=")) {
                return false;
            }
            reply.send(403, "", "{}");
            return true;
        };
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(forbidden))) {
            assertThat(pushLayer(pusher(registry), registry, Optional.of("acme/base")))
                    .isEqualTo(Pushed.SENT);
        }
    }

    /** A registry that wants a token for everything. */
    private static Mishap guarded() {
        return (_, request, reply) -> {
            if (request.header("authorization").equals("Bearer t")) {
                return false;
            }
            // A HEAD's answer has no body.
            reply.send(401, "WWW-Authenticate: Bearer realm=\"http://" + request.header("host") + "/token\"\r\n", "");
            return true;
        };
    }

    @Test
    void asksForPullAndPushAndForBothRepositoriesOfAMount() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(guarded()))) {
            RegistryConfig config =
                    RegistryConfig.DEFAULT.withPatience(TestImage.QUICK).withCredentials((_, _) -> Optional.of(ALICE));
            pushLayer(new RegistryPusher(config), registry, Optional.of("acme/base"));
            assertThat(registry.requests("/token").stream().map(Request::query).toList())
                    .containsExactly(
                            "scope=repository%3Aacme%2Fapp%3Apull%2Cpush",
                            "scope=repository%3Aacme%2Fapp%3Apull%2Cpush&scope=repository%3Aacme%2Fbase%3Apull");
        }
    }

    @Test
    void anIdentityTokenIsExchangedForAllScopesAtOnce() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(guarded()))) {
            RegistryConfig config = RegistryConfig.DEFAULT
                    .withPatience(TestImage.QUICK)
                    .withCredentials((_, _) -> Optional.of(new Credentials.IdentityToken(new Secret("id"))));
            pushLayer(new RegistryPusher(config), registry, Optional.of("acme/base"));
            assertThat(registry.requests("/token").get(1).body())
                    .startsWith("scope=repository%3Aacme%2Fapp%3Apull%2Cpush+repository%3Aacme%2Fbase%3Apull&");
        }
    }

    @Test
    void credentialsDoNotFollowAnUploadToAnotherHost() throws IOException {
        PushRegistry elsewhere = new PushRegistry(Mishap.NONE);
        try (ScriptedRegistry other = ScriptedRegistry.start("127.0.0.2", elsewhere)) {
            Mishap away = (registry, request, reply) -> {
                if (guarded().happens(registry, request, reply)) {
                    return true;
                }
                if (!request.method().equals("POST")) {
                    return false;
                }
                elsewhere.uploads.put("u9", new ByteArrayOutputStream());
                reply.send(202, "Location: http://" + other.name() + "/v2/acme/app/blobs/uploads/u9?a=b\r\n", "");
                return true;
            };
            try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(away))) {
                RegistryConfig config = RegistryConfig.DEFAULT
                        .withPatience(TestImage.QUICK)
                        .withCredentials((_, _) -> Optional.of(ALICE));
                RegistryPusher pusher = new RegistryPusher(config, Ticker.SYSTEM, 100_000);
                assertThat(pushLayer(pusher, registry, Optional.empty())).isEqualTo(Pushed.SENT);
                assertThat(other.requests())
                        .hasSize(4)
                        .noneMatch(request -> request.headers().containsKey("authorization"));
                assertThat(elsewhere.blobs).containsExactly("acme/app@" + image.layerDescriptor.digest());
            }
        }
    }

    @Test
    void aRegistryThatTakesNothingIsNotWaitedForLong() throws IOException {
        byte[] large = new byte[12 << 20];
        Descriptor blob = Descriptor.of(MediaType.OCI_LAYER, large);
        Mishap deaf = new Mishap() {
            @Override
            public boolean happens(PushRegistry registry, Request request, Reply reply) throws IOException {
                if (!request.method().equals("PUT")) {
                    return false;
                }
                pause(20_000);
                return true;
            }

            @Override
            public int takes(PushRegistry registry, Request head, int length) {
                return 0;
            }
        };
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(deaf))) {
            RegistryPusher pusher = new RegistryPusher(TestImage.plain(registry).withPatience(TestImage.IMPATIENT));
            long start = System.nanoTime();
            assertFails(
                    Kind.UNAVAILABLE,
                    "took no byte for",
                    () -> pusher.blob(
                            image.reference(registry), blob, content(large), Optional.empty(), PushListener.NONE));
            assertThat((System.nanoTime() - start) / 1_000_000_000L).isLessThan(15);
        }
    }

    /** What is damaged here is told from what the way has damaged. */
    @Test
    void aBlobThatIsDamagedHereIsNamed() throws IOException {
        byte[] other = image.layer.clone();
        other[7] ^= 1;
        try (ScriptedRegistry registry = ScriptedRegistry.start(new PushRegistry(Mishap.NONE))) {
            assertFails(
                    Kind.CORRUPT,
                    "The stored blob " + image.layerDescriptor.digest() + " is damaged",
                    () -> pusher(registry)
                            .blob(
                                    image.reference(registry),
                                    image.layerDescriptor,
                                    content(other),
                                    Optional.empty(),
                                    PushListener.NONE));
        }
    }

    @Test
    void whatIsGivenUpIsTakenBackAtTheRegistry() throws IOException {
        Mishap refusing = (_, request, reply) -> {
            if (!request.method().equals("PATCH")) {
                return false;
            }
            reply.send(403, "", "{}");
            return true;
        };
        PushRegistry script = new PushRegistry(refusing);
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            RegistryPusher pusher = new RegistryPusher(TestImage.plain(registry), Ticker.SYSTEM, 100_000);
            assertFails(Kind.DENIED, "403", () -> pushLayer(pusher, registry, Optional.empty()));
            assertThat(script.uploads).isEmpty();
        }
    }

    @Test
    void aFragmentOfALocationIsLeftOut() {
        assertThat(new UploadSession(URI.create("http://h/x?a=b#c"), 0, 1, false)
                        .closing(Digest.sha256("").toString()))
                .hasToString("http://h/x?a=b&digest=" + Digest.sha256(""));
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
