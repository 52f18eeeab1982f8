package io.wherry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BlobTest {
    private final TestImage image = new TestImage();

    @Test
    void streamsAndProvesABlob() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            List<Long> positions = new ArrayList<>();
            PullListener listener = new PullListener() {
                @Override
                public void received(Descriptor blob, long position) {
                    positions.add(position);
                }
            };
            RegistryClient client = TestImage.client(registry);
            try (InputStream in = client.blob(
                    image.reference(registry),
                    image.layerDescriptor,
                    BlobPosition.start(image.layerDescriptor),
                    listener)) {
                assertThat(in.readAllBytes()).isEqualTo(image.layer);
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThat(positions).isSorted().endsWith((long) image.layer.length);
            assertThat(registry.requests()).hasSize(1);
        }
    }

    /** The connection ends at 200 places of the answer, in its head and its body, by an end or by a reset. */
    @Test
    void resumesWhereverTheConnectionIsCut() throws IOException {
        byte[] head = ScriptedRegistry.Reply.head(200, "Content-Length: " + image.layer.length + "\r\n");
        int resumed = 0;
        for (int i = 0; i < 200; i++) {
            int cut = i < head.length + 20 ? i : head.length + (int) ((long) image.layer.length * i / 200);
            boolean reset = i % 3 == 0;
            AtomicInteger served = new AtomicInteger();
            AtomicInteger sent = new AtomicInteger();
            try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                if (served.getAndIncrement() == 0) {
                    reply.raw(Arrays.copyOf(head, Math.min(cut, head.length)));
                    reply.raw(Arrays.copyOf(image.layer, Math.max(0, cut - head.length)));
                    if (reset) {
                        reply.reset();
                    }
                    reply.close();
                } else {
                    sent.addAndGet(image.layer.length - Math.max(0, TestImage.from(request)));
                    image.answer(request, reply);
                }
            })) {
                assertThat(image.pullLayer(registry)).as("cut at %s", cut).isEqualTo(image.layer);
                assertThat(registry.requests()).as("cut at %s", cut).hasSize(2);
                resumed += sent.get() == image.layer.length - Math.max(0, cut - head.length) ? 1 : 0;
            }
        }
        // The JDK's client may drop what came just before an end or a reset.
        assertThat(resumed).isGreaterThan(100);
    }

    @Test
    void givesUpWhenEveryTryBreaks() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.reset())) {
            assertFails(Kind.UNAVAILABLE, "(5 tries)", () -> image.pullLayer(registry));
            // The JDK's client repeats a request by itself, once, if not a byte of an answer came.
            assertThat(registry.requests()).hasSizeBetween(5, 10);
        }
    }

    @Test
    void refusesAnotherDigestWithoutAskingAgain() throws IOException {
        byte[] other = image.layer.clone();
        other[other.length - 1] ^= 1;
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, "", other))) {
            assertFails(Kind.CORRUPT, "expected " + image.layerDescriptor.digest(), () -> image.pullLayer(registry));
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void neverReachesTheEndOfADamagedBlob() throws IOException {
        byte[] other = image.layer.clone();
        other[0] ^= 1;
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, "", other))) {
            RegistryClient client = TestImage.client(registry);
            InputStream in = client.blob(
                    image.reference(registry),
                    image.layerDescriptor,
                    BlobPosition.start(image.layerDescriptor),
                    PullListener.NONE);
            assertThat(in.readNBytes(other.length)).isEqualTo(other);
            assertFails(Kind.CORRUPT, "digest", in::read);
            assertFails(Kind.CORRUPT, "digest", in::read);
        }
    }

    @Test
    void refusesAnotherLength() throws IOException {
        for (int length : new int[] {0, image.layer.length - 1, image.layer.length + 1}) {
            byte[] other = Arrays.copyOf(image.layer, length);
            try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, "", other))) {
                assertFails(Kind.CORRUPT, "and " + length + " bytes, expected 300000", () -> image.pullLayer(registry));
                assertThat(registry.requests()).hasSize(1);
            }
        }
    }

    @Test
    void stopsAnEndlessBody() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
            sendChunk(reply, image.layer);
            for (int i = 0; i < 2000; i++) {
                sendChunk(reply, new byte[64 << 10]);
                sent.incrementAndGet();
            }
        })) {
            assertFails(Kind.CORRUPT, "more than its 300000 bytes", () -> image.pullLayer(registry));
            assertThat(sent.get()).isLessThan(1000);
        }
    }

    @Test
    void acceptsARightBodyWhoseEndNeverComes() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
            sendChunk(reply, image.layer);
            reply.stall();
        })) {
            assertThat(image.pullLayer(registry)).isEqualTo(image.layer);
        }
    }

    private static void sendChunk(ScriptedRegistry.Reply reply, byte[] bytes) throws IOException {
        reply.raw(Integer.toHexString(bytes.length) + "\r\n");
        reply.raw(bytes);
        reply.raw("\r\n");
    }

    /** Ways to answer a wish for a part, none of which may lead to bytes in the wrong place. */
    @Test
    void neverSplicesAWrongPart() throws IOException {
        int half = image.layer.length / 2;
        byte[] rest = Arrays.copyOfRange(image.layer, half, image.layer.length);
        List<ScriptedRegistry.Script> answers = List.of(
                (_, reply) -> reply.send(200, "", image.layer),
                (_, reply) -> reply.send(416, "Content-Range: bytes */" + image.layer.length + "\r\n", ""),
                (_, reply) -> reply.send(206, "", rest),
                (_, reply) -> reply.send(206, image.contentRange(half - 1), rest),
                (_, reply) -> reply.send(206, image.contentRange(half + 1), rest),
                (_, reply) -> reply.send(206, "Content-Range: bytes " + half + "-" + half + "/300000\r\n", rest),
                (_, reply) -> reply.send(206, "Content-Range: bytes " + half + "-299999/300001\r\n", rest),
                (_, reply) -> reply.send(206, "Content-Range: items " + half + "-299999/300000\r\n", rest),
                (_, reply) -> reply.send(206, "Content-Range: bytes x-y/z\r\n", rest),
                (_, reply) -> reply.send(206, "Content-Range: bytes " + half + "-299999/*\r\n", rest));
        for (int i = 0; i < answers.size(); i++) {
            ScriptedRegistry.Script part = answers.get(i);
            try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                if (TestImage.from(request) >= 0) {
                    part.answer(request, reply);
                } else {
                    image.answer(request, reply);
                }
            })) {
                BlobPosition from = positionAfter(Arrays.copyOf(image.layer, half));
                assertThat(image.pullLayer(TestImage.client(registry), registry, from))
                        .as("answer %s", i)
                        .isEqualTo(rest);
                assertThat(registry.requests()).hasSizeLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void goesOnWithAPartialFile(@TempDir Path folder) throws IOException {
        Path partial = folder.resolve("partial");
        Files.write(partial, Arrays.copyOf(image.layer, 123_456));
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            BlobPosition from = BlobPosition.after(partial, image.layerDescriptor);
            assertThat(from.offset()).isEqualTo(123_456);
            assertThat(image.pullLayer(TestImage.client(registry), registry, from))
                    .isEqualTo(Arrays.copyOfRange(image.layer, 123_456, image.layer.length));
            assertThat(registry.requests().get(0).header("range")).isEqualTo("bytes=123456-");
        }
    }

    @Test
    void provesAPartialFileThatIsComplete(@TempDir Path folder) throws IOException {
        Path partial = folder.resolve("partial");
        Files.write(partial, image.layer);
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            BlobPosition from = BlobPosition.after(partial, image.layerDescriptor);
            assertThat(image.pullLayer(TestImage.client(registry), registry, from))
                    .isEmpty();
            assertThat(registry.requests()).isEmpty();
        }
    }

    @Test
    void leavesTheDigestToAReaderThatHasNoHashForIt() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            Descriptor other = new Descriptor(
                    image.layerDescriptor.mediaType(),
                    image.layerDescriptor.digest(),
                    image.layerDescriptor.size() - 1);
            assertThat(image.pullLayer(TestImage.client(registry), registry, BlobPosition.unproved(200_000)))
                    .isEqualTo(Arrays.copyOfRange(image.layer, 200_000, image.layer.length));
            assertFails(
                    Kind.CORRUPT,
                    "expected 299999",
                    () -> TestImage.client(registry)
                            .blob(image.reference(registry), other, BlobPosition.unproved(0), PullListener.NONE)
                            .readAllBytes());
        }
    }

    @Test
    void findsDamageInAPartialFile(@TempDir Path folder) throws IOException {
        Path partial = folder.resolve("partial");
        Files.write(partial, new byte[1000]);
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            BlobPosition from = BlobPosition.after(partial, image.layerDescriptor);
            assertFails(Kind.CORRUPT, "digest", () -> image.pullLayer(TestImage.client(registry), registry, from));
        }
        Files.write(partial, new byte[image.layer.length + 1]);
        assertFails(Kind.CORRUPT, "has only 300000", () -> BlobPosition.after(partial, image.layerDescriptor));
        assertThat(BlobPosition.after(folder.resolve("none"), image.layerDescriptor)
                        .offset())
                .isZero();
    }

    @Test
    void aStallIsNotWaitedForLong() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw(ScriptedRegistry.Reply.head(200, "Content-Length: " + image.layer.length + "\r\n"));
            reply.raw(Arrays.copyOf(image.layer, 1000));
            reply.stall();
        })) {
            long start = System.nanoTime();
            assertFails(Kind.UNAVAILABLE, "no byte came", () -> image.pullLayerImpatiently(registry));
            // Each later try reaches the first new byte only after those that were there, so nothing is gained.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void silenceBeforeTheAnswerIsNotWaitedForLong() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.stall())) {
            long start = System.nanoTime();
            assertFails(Kind.UNAVAILABLE, "did not answer within", () -> image.pullLayerImpatiently(registry));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void timeWithoutProgressEndsWhatTriesWouldNot() throws IOException {
        Patience manyTries = new Patience(
                Duration.ofSeconds(2),
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                1000,
                Duration.ofMillis(4),
                Duration.ofMillis(50),
                1024,
                Duration.ofSeconds(1));
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.stall())) {
            RegistryClient client = new RegistryClient(TestImage.plain(registry).withPatience(manyTries));
            long start = System.nanoTime();
            assertFails(
                    Kind.UNAVAILABLE,
                    "did not answer",
                    () -> image.pullLayer(client, registry, BlobPosition.start(image.layerDescriptor)));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aStallIsPassedByResuming() throws IOException {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (served.getAndIncrement() == 0) {
                reply.raw(ScriptedRegistry.Reply.head(200, "Content-Length: " + image.layer.length + "\r\n"));
                reply.raw(Arrays.copyOf(image.layer, 1000));
                reply.stall();
            } else {
                image.answer(request, reply);
            }
        })) {
            assertThat(image.pullLayerImpatiently(registry)).isEqualTo(image.layer);
            assertThat(registry.requests().get(1).header("range")).isEqualTo("bytes=1000-");
        }
    }

    @Test
    void aTrickleEnds() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw(ScriptedRegistry.Reply.head(200, "Content-Length: " + image.layer.length + "\r\n"));
            for (int i = 0; i < 10_000; i++) {
                reply.raw(new byte[] {image.layer[i]});
                pause(20);
            }
        })) {
            long start = System.nanoTime();
            assertFails(Kind.UNAVAILABLE, "bytes came in", () -> image.pullLayer(registry));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void aSlowReaderIsNoStall() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            RegistryClient client = TestImage.impatientClient(registry);
            try (InputStream in = client.blob(
                    image.reference(registry),
                    image.layerDescriptor,
                    BlobPosition.start(image.layerDescriptor),
                    PullListener.NONE)) {
                byte[] first = in.readNBytes(10);
                pause(2500);
                assertThat(first).isEqualTo(Arrays.copyOf(image.layer, 10));
                assertThat(in.readAllBytes()).hasSize(image.layer.length - 10);
            }
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void aServerErrorIsPassedByAskingAgain() throws IOException {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (served.getAndIncrement() < 3) {
                reply.send(501 + served.get(), "", "");
            } else {
                image.answer(request, reply);
            }
        })) {
            assertThat(image.pullLayer(registry)).isEqualTo(image.layer);
            assertThat(registry.requests()).hasSize(4);
        }
    }

    @Test
    void aMissingBlobIsNotAskedForAgain() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) ->
                reply.send(404, "", "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"gone\\u001b[2J\"}]}"))) {
            assertThatThrownBy(() -> image.pullLayer(registry)).isInstanceOfSatisfying(RegistryException.class, e -> {
                assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND);
                assertThat(e.status()).isEqualTo(404);
                assertThat(e.codes()).containsExactly("BLOB_UNKNOWN");
                assertThat(e.getMessage())
                        .startsWith("Cannot pull blob ")
                        .contains("with 404 BLOB_UNKNOWN: gone")
                        .doesNotContain("\u001b");
            });
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void anInterruptEndsTheRead() throws Exception {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> {
            reply.raw(ScriptedRegistry.Reply.head(200, "Content-Length: " + image.layer.length + "\r\n"));
            reply.stall();
        })) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    image.pullLayer(registry);
                } catch (IOException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            pause(150);
            reader.interrupt();
            assertThat(reader.join(Duration.ofSeconds(3))).isTrue();
            assertThat(thrown.get())
                    .isInstanceOfSatisfying(
                            WherryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
        }
    }

    @Test
    void sha512BlobsAreProvedToo() throws IOException {
        byte[] text = "hello".getBytes(StandardCharsets.UTF_8);
        var hash = Digest.Algorithm.SHA512.start();
        hash.update(text);
        Descriptor blob = new Descriptor("x", Digest.finish(Digest.Algorithm.SHA512, hash), text.length);
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, "", text))) {
            assertThat(TestImage.client(registry).document(image.reference(registry), blob))
                    .isEqualTo(text);
        }
    }

    @Test
    void aDocumentThatIsTooLongIsNotAskedFor() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            Descriptor blob = new Descriptor("x", image.layerDescriptor.digest(), (4 << 20) + 1);
            assertFails(
                    Kind.INVALID,
                    "at most 4194304",
                    () -> TestImage.client(registry).document(image.reference(registry), blob));
            assertThat(registry.requests()).isEmpty();
        }
    }

    private BlobPosition positionAfter(byte[] bytes) {
        BlobPosition start = BlobPosition.start(image.layerDescriptor);
        start.hash().orElseThrow().update(bytes);
        return new BlobPosition(start.hash(), bytes.length);
    }

    static void assertFails(Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(WherryException.class, e -> {
            assertThat(e).hasMessageContaining(message);
            assertThat(e.kind()).isEqualTo(kind);
        });
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
