package io.wherry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.PushRegistry.Mishap;
import io.wherry.registry.ScriptedRegistry.Reply;
import io.wherry.registry.ScriptedRegistry.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can go wrong while an image is pushed, one mishap a row: passed without anybody's help, or told as it is and ended in time. */
@Timeout(60)
class PushFaultTest {
    private static final int CHUNK = 100_000;
    private static final String CHALLENGE = "WWW-Authenticate: Bearer realm=\"http://%s/token\",service=\"s\"\r\n";

    /**
     * One row.
     *
     * @param chunked whether the layer goes in three chunks, or in one request
     * @param expected in the message; empty: the push passes
     */
    record Row(String name, boolean chunked, Mishap mishap, Kind kind, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Does something to an answer instead of the registry. */
    interface Act {
        void on(PushRegistry registry, Request request, Reply reply) throws IOException;
    }

    /** What happens at one request, which is then tried again. */
    private enum Passing {
        CUT_BEFORE((_, _, reply) -> reply.reset()),
        CUT_BEHIND((registry, request, reply) -> {
            registry.honestly(request, new Deaf());
            reply.reset();
        }),
        HALF_AN_ANSWER((_, _, reply) -> {
            reply.raw("HTTP/1.1 20");
            reply.close();
        }),
        SILENCE((_, _, reply) -> reply.stall()),
        STATUS_500((_, _, reply) -> reply.send(500, "", "")),
        STATUS_502((_, _, reply) -> reply.send(502, "Content-Type: text/html\r\n", "")),
        STATUS_503_WITH_A_WISH((_, _, reply) -> reply.send(503, "Retry-After: 0\r\n", "")),
        STATUS_429_WITH_A_WISH((_, _, reply) -> reply.send(429, "Retry-After: 1\r\n", "")),
        STATUS_408((_, _, reply) -> reply.send(408, "Connection: close\r\n", "")),
        TOKEN_EXPIRED((_, request, reply) -> reply.send(401, CHALLENGE.formatted(request.header("host")), ""));

        private final Act act;

        Passing(Act act) {
            this.act = act;
        }
    }

    /** Does what a request says, and tells nobody. */
    private static final class Deaf extends Reply {
        Deaf() {
            super();
        }

        @Override
        void raw(byte[] bytes) {
            assertThat(bytes).isNotNull();
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Passing passing : Passing.values()) {
            for (String at : List.of("HEAD 1", "POST 1", "PATCH 1", "PATCH 3", "PUT 1", "PUT 2", "MANIFEST 1")) {
                rows.add(passes(passing + " at " + at, true, once(at, passing.act)));
            }
            rows.add(passes(passing + " at the only PUT", false, once("PUT 1", passing.act)));
            rows.add(passes(passing + " when asked how far it is", true, (registry, request, reply) -> {
                if (registry.count("PATCH") == 2 && PushRegistry.kind(request).equals("PATCH")) {
                    reply.reset();
                    return true;
                }
                return once("GET 1", passing.act).happens(registry, request, reply);
            }));
        }
        for (int bytes : new int[] {0, 1, 50_000, 99_999}) {
            rows.add(passes("a chunk is cut after " + bytes + " bytes, which stay", true, cut("PATCH 2", bytes, true)));
            rows.add(passes("a chunk is cut after " + bytes + " bytes, lost", true, cut("PATCH 2", bytes, false)));
            rows.add(passes("the only PUT is cut after " + bytes + " bytes", false, cut("PUT 1", bytes, true)));
        }
        rows.addAll(odd());
        rows.addAll(hostile());
        return rows;
    }

    /** What honest registries differ in. */
    private static List<Row> odd() {
        return List.of(
                passes("no Range in answers", true, rewritten("PATCH", text -> text.replaceAll("Range: .*\r\n", ""))),
                passes("Range with a unit", true, rewritten("", text -> text.replace("Range: ", "Range: bytes="))),
                passes("absolute Location", true, rewritten("", PushFaultTest::absolute)),
                passes("Location without a query", true, rewritten("", text -> text.replaceAll("\\?_state=s\\d+", ""))),
                passes(
                        "Location with a fragment",
                        true,
                        rewritten("POST", text -> text.replaceFirst("(_state=s0)", "$1#x"))),
                passes("chunks of at least 250000", true, announced("OCI-Chunk-Min-Length: 250000\r\n")),
                passes(
                        "chunks of at least everything",
                        true,
                        announced("OCI-Chunk-Min-Length: 9223372036854775807\r\n")),
                passes("chunks of at least nonsense", true, announced("OCI-Chunk-Min-Length: -1x\r\n")),
                passes(
                        "HEAD is not allowed",
                        true,
                        always("HEAD", (_, _, reply) -> reply.raw(Reply.head(405, "Content-Length: 0\r\n")))),
                passes(
                        "HEAD tells of another length",
                        false,
                        always("HEAD", (_, _, reply) -> reply.raw(Reply.head(200, "Content-Length: 7\r\n")))),
                passes(
                        "HEAD tells of another digest",
                        false,
                        always(
                                "HEAD",
                                (_, _, reply) -> reply.raw(
                                        Reply.head(200, "Docker-Content-Digest: sha256:" + "0".repeat(64) + "\r\n")))),
                passes("the upload is lost between chunks", true, forgetting("PATCH 2")),
                passes("the upload is lost before its end", true, forgetting("PUT 2")),
                passes(
                        "a chunk is refused by its range",
                        true,
                        once("PATCH 2", (_, _, reply) -> reply.send(416, "", ""))),
                passes("a chunk is refused twice by its range", true, (registry, request, reply) -> {
                    int nth = registry.count("PATCH");
                    if (!PushRegistry.kind(request).equals("PATCH") || nth < 2 || nth > 3) {
                        return false;
                    }
                    reply.send(416, "", "");
                    return true;
                }),
                passes("a chunk is taken in part", true, taking(40_000)),
                passes(
                        "a redirect that keeps the method",
                        true,
                        once(
                                "PATCH 1",
                                (_, request, reply) -> reply.send(
                                        307, "Location: " + request.path() + "?" + request.query() + "\r\n", ""))),
                passes(
                        "no digest in answers",
                        true,
                        rewritten("", text -> text.replaceAll("Docker-Content-Digest: .*\r\n", ""))),
                passes("the digest is wrong once", false, once("PUT 1", (registry, request, reply) -> {
                    registry.uploads.clear();
                    reply.send(400, "", "{\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}");
                })));
    }

    /** What no registry should do. */
    private static List<Row> hostile() {
        String none = "sha256:" + "0".repeat(64);
        return List.of(
                fails(
                        "never anything but resets",
                        Kind.UNAVAILABLE,
                        "(5 tries)",
                        always("", (_, _, reply) -> reply.reset())),
                fails(
                        "never anything but 500",
                        Kind.UNAVAILABLE,
                        "(5 tries)",
                        always("", (_, _, reply) -> reply.send(500, "", ""))),
                fails(
                        "chunks are never taken",
                        Kind.UNAVAILABLE,
                        "took only 0 of",
                        always("PATCH", (_, request, reply) -> reply.send(202, "Range: 0-0\r\n", ""))),
                fails(
                        "more was taken than was sent",
                        Kind.UNAVAILABLE,
                        "were sent",
                        always("PATCH", (_, request, reply) -> reply.send(202, "Range: 0-299999999\r\n", ""))),
                fails(
                        "ranges are nonsense",
                        Kind.UNAVAILABLE,
                        "`0--7`",
                        always("PATCH", (_, _, reply) -> reply.send(202, "Range: 0--7\r\n", ""))),
                fails(
                        "ranges begin in the middle",
                        Kind.UNAVAILABLE,
                        "`5-9`",
                        always("PATCH", (_, _, reply) -> reply.send(202, "Range: 5-9\r\n", ""))),
                fails(
                        "every chunk is refused",
                        Kind.UNAVAILABLE,
                        "refuses the bytes",
                        always("PATCH", (_, _, reply) -> reply.send(416, "", ""))),
                fails(
                        "every upload is lost",
                        Kind.UNAVAILABLE,
                        "lost the upload",
                        always("PATCH", (_, _, reply) -> reply.send(404, "", ""))),
                fails(
                        "the digest is always wrong",
                        Kind.INVALID,
                        "DIGEST_INVALID",
                        always(
                                "PUT",
                                (_, _, reply) -> reply.send(400, "", "{\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}"))),
                fails(
                        "another digest was stored",
                        Kind.CORRUPT,
                        none,
                        always("PUT", (_, _, reply) -> reply.send(201, "Docker-Content-Digest: " + none + "\r\n", ""))),
                fails(
                        "another manifest was stored",
                        Kind.CORRUPT,
                        none,
                        always(
                                "MANIFEST",
                                (_, _, reply) -> reply.send(201, "Docker-Content-Digest: " + none + "\r\n", ""))),
                fails(
                        "a digest that is none",
                        Kind.CORRUPT,
                        "`x`",
                        always("MANIFEST", (_, _, reply) -> reply.send(201, "Docker-Content-Digest: x\r\n", ""))),
                fails(
                        "an upload without a place",
                        Kind.DENIED,
                        "not told where",
                        always("POST", (_, _, reply) -> reply.send(202, "", ""))),
                fails(
                        "an upload at no address",
                        Kind.DENIED,
                        "no address",
                        always("POST", (_, _, reply) -> reply.send(202, "Location: http://[\r\n", ""))),
                fails(
                        "an upload at a file",
                        Kind.DENIED,
                        "no web address",
                        always("POST", (_, _, reply) -> reply.send(202, "Location: file:///etc/passwd\r\n", ""))),
                fails(
                        "an upload with a password",
                        Kind.DENIED,
                        "no web address",
                        always("POST", (_, _, reply) -> reply.send(202, "Location: http://a:b@localhost/x\r\n", ""))),
                fails(
                        "an upload at the cloud's own service",
                        Kind.DENIED,
                        "inside",
                        always(
                                "POST",
                                (_, _, reply) -> reply.send(202, "Location: https://169.254.169.254/x\r\n", ""))),
                fails(
                        "an upload at a stranger's without TLS",
                        Kind.DENIED,
                        "plain HTTP",
                        always("POST", (_, _, reply) -> reply.send(202, "Location: http://example.invalid/x\r\n", ""))),
                fails(
                        "a circle of redirects",
                        Kind.DENIED,
                        "more than 10 times",
                        always(
                                "PUT",
                                (_, request, reply) -> reply.send(307, "Location: " + request.path() + "\r\n", ""))),
                fails(
                        "a redirect that would lose the body",
                        Kind.DENIED,
                        "would make it a GET",
                        always("PUT", (_, _, reply) -> reply.send(302, "Location: /x\r\n", ""))),
                fails(
                        "a blob that was never sent is there",
                        Kind.INVALID,
                        "with 201",
                        always("POST", (_, _, reply) -> reply.send(201, "", ""))),
                fails(
                        "PUT is accepted, and no more",
                        Kind.INVALID,
                        "with 202",
                        always("PUT", (_, _, reply) -> reply.send(202, "", ""))),
                fails(
                        "nobody may push",
                        Kind.DENIED,
                        "403 DENIED: no",
                        always(
                                "POST",
                                (_, _, reply) -> reply.send(
                                        403, "", "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}"))),
                fails(
                        "nobody is known",
                        Kind.DENIED,
                        "no credentials",
                        always("POST", (_, _, reply) -> reply.send(401, "", ""))),
                fails(
                        "every token has expired",
                        Kind.DENIED,
                        "401",
                        always(
                                "",
                                (_, request, reply) ->
                                        reply.send(401, CHALLENGE.formatted(request.header("host")), ""))),
                fails(
                        "the repository is not known",
                        Kind.NOT_FOUND,
                        "NAME_UNKNOWN",
                        always(
                                "POST",
                                (_, _, reply) -> reply.send(404, "", "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}"))),
                fails(
                        "it is too large",
                        Kind.INVALID,
                        "with 413",
                        always("PUT", (_, _, reply) -> reply.send(413, "Content-Type: text/html\r\n", "<html>"))),
                fails(
                        "the manifest's blobs are not known",
                        Kind.INVALID,
                        "MANIFEST_BLOB_UNKNOWN",
                        always(
                                "MANIFEST",
                                (_, _, reply) ->
                                        reply.send(400, "", "{\"errors\":[{\"code\":\"MANIFEST_BLOB_UNKNOWN\"}]}"))),
                fails("a refusal without an end", Kind.DENIED, "with 403", always("POST", (_, _, reply) -> {
                    reply.raw("HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 100_000; i++) {
                        reply.raw("1000\r\n" + "x".repeat(4096) + "\r\n");
                    }
                })),
                fails("an answer byte by byte", Kind.UNAVAILABLE, "did not answer", always("POST", (_, _, reply) -> {
                    for (int i = 0; i < 10_000; i++) {
                        reply.raw("H");
                        pause(20);
                    }
                })),
                fails("heads without an end", Kind.UNAVAILABLE, "broke", always("POST", (_, _, reply) -> {
                    reply.raw("HTTP/1.1 202 X\r\n");
                    for (int i = 0; i < 100_000; i++) {
                        reply.raw("X-" + i + ": " + "x".repeat(1000) + "\r\n");
                    }
                })));
    }

    private static Row passes(String name, boolean chunked, Mishap mishap) {
        return new Row(name, chunked, mishap, Kind.INTERNAL, "");
    }

    private static Row fails(String name, Kind kind, String expected, Mishap mishap) {
        boolean chunked = !expected.contains("202") && !name.contains("PUT") && !name.contains("digest");
        return new Row(name, chunked, mishap, kind, expected);
    }

    /** At one request of a kind, such as {@code PATCH 2}. */
    private static Mishap once(String at, Act act) {
        String kind = at.substring(0, at.indexOf(' '));
        int nth = Integer.parseInt(at.substring(at.indexOf(' ') + 1));
        return (registry, request, reply) -> {
            if (!PushRegistry.kind(request).equals(kind) || registry.count(kind) != nth) {
                return false;
            }
            act.on(registry, request, reply);
            return true;
        };
    }

    private static Mishap always(String kind, Act act) {
        return (registry, request, reply) -> {
            if (!kind.isEmpty() && !PushRegistry.kind(request).equals(kind)) {
                return false;
            }
            act.on(registry, request, reply);
            return true;
        };
    }

    /** The registry reads the beginning of a body and breaks off. */
    private static Mishap cut(String at, int bytes, boolean stay) {
        return new Mishap() {
            private final Mishap once = once(at, (registry, request, reply) -> {
                if (stay) {
                    registry.uploads.get(request.path().replaceAll(".*/", "")).write(request.content());
                }
                reply.reset();
            });

            @Override
            public boolean happens(PushRegistry registry, Request request, Reply reply) throws IOException {
                return once.happens(registry, request, reply);
            }

            @Override
            public int takes(PushRegistry registry, Request head, int length) {
                boolean here = (PushRegistry.kind(head) + " " + registry.count(PushRegistry.kind(head))).equals(at);
                return here ? Math.min(bytes, length) : length;
            }
        };
    }

    private static Mishap forgetting(String at) {
        return once(at, (registry, request, reply) -> {
            registry.uploads.clear();
            registry.honestly(request, reply);
        });
    }

    /** Once, only so many bytes of a chunk are kept. */
    private static Mishap taking(int bytes) {
        return once(
                "PATCH 2",
                (registry, request, reply) -> registry.honestly(
                        new Request(
                                request.method(),
                                request.path(),
                                request.query(),
                                request.headers(),
                                Arrays.copyOf(request.content(), bytes)),
                        reply));
    }

    private static Mishap announced(String header) {
        return (registry, _, _) -> {
            registry.more = header;
            return false;
        };
    }

    private static Mishap rewritten(String kind, java.util.function.UnaryOperator<String> change) {
        return (registry, request, reply) -> {
            if (!kind.isEmpty() && !PushRegistry.kind(request).equals(kind)) {
                return false;
            }
            registry.honestly(request, new Reply() {
                @Override
                void raw(byte[] bytes) throws IOException {
                    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
                    reply.raw(change.apply(
                                    text.replace("Location: /v2", "Location: http://" + request.header("host") + "/v2"))
                            .replace("Location: http://" + request.header("host") + "/v2", "Location: /v2")
                            .replace("absolute:", "http://" + request.header("host")));
                }
            });
            return true;
        };
    }

    private static String absolute(String head) {
        return head.replaceAll("Location: http://[^/]*/v2", "Location: absolute:/v2");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isPassedOrTold(Row row) throws IOException {
        TestImage image = new TestImage();
        PushRegistry script = new PushRegistry(row.mishap());
        boolean silent = row.name().contains("SILENCE") || row.name().contains("byte by byte");
        try (ScriptedRegistry registry = ScriptedRegistry.start(script)) {
            RegistryConfig config =
                    TestImage.plain(registry).withPatience(silent ? TestImage.IMPATIENT : TestImage.QUICK);
            RegistryPusher pusher = new RegistryPusher(config, Ticker.SYSTEM, row.chunked() ? CHUNK : BlobUpload.CHUNK);
            if (row.expected().isEmpty()) {
                push(pusher, image, registry);
                assertThat(script.mishaps.get() > 0 || !script.more.isEmpty()).isTrue();
                assertThat(script.blobs).contains("acme/app@" + image.layerDescriptor.digest());
                assertThat(script.manifests.get("1")).isEqualTo(image.manifest.raw());
                assertThat(registry.requests().size()).isLessThan(40);
                if (row.name().startsWith("a chunk is cut") || row.name().equals("a chunk is taken in part")) {
                    assertThat(script.count("POST"))
                            .as("uploads of layer and configuration")
                            .isEqualTo(2);
                }
            } else {
                assertThatThrownBy(() -> push(pusher, image, registry))
                        .isInstanceOfSatisfying(WherryException.class, e -> {
                            assertThat(e).hasMessageContaining(row.expected());
                            assertThat(e.kind()).isEqualTo(row.kind());
                        });
                assertThat(registry.requests().size()).isLessThan(80);
            }
        }
    }

    private static void push(RegistryPusher pusher, TestImage image, ScriptedRegistry registry) {
        ImageReference reference = image.reference(registry);
        pusher.blob(reference, image.layerDescriptor, content(image.layer), Optional.empty(), PushListener.NONE);
        pusher.blob(reference, image.manifest.config(), content(image.config), Optional.empty(), PushListener.NONE);
        pusher.manifest(reference, image.manifest, PushListener.NONE);
    }

    static BlobContent content(byte[] bytes) {
        return offset -> new ByteArrayInputStream(bytes, (int) offset, bytes.length);
    }

    /** More than there are steps and answers; those of pulls are in {@link BlobTest} and its neighbours. */
    @Test
    void theTableIsLongEnough() {
        assertThat(rows().size()).isGreaterThanOrEqualTo(120);
        assertThat(rows().stream().map(Row::name).distinct()).hasSameSizeAs(rows());
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
