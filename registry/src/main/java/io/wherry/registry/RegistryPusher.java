package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Pushes to registries: blobs first, then the manifest that names them.
 *
 * <p>Bytes are sent as they are, so digests are the same on the other side. Failures are those of {@link RegistryClient}; a blob that is damaged here is {@code CORRUPT}.
 *
 * <p>Safe for use by several threads, which share connections and tokens. Nothing needs to be closed.
 *
 * @see "OCI distribution-spec v1.1, Push"
 */
public final class RegistryPusher {
    private final RegistryConfig config;
    private final Ticker ticker;
    private final Conversation conversation;
    private final long chunk;

    public RegistryPusher(RegistryConfig config) {
        this(config, Ticker.SYSTEM, BlobUpload.CHUNK);
    }

    RegistryPusher(RegistryConfig config, Ticker ticker, long chunk) {
        this.config = config;
        this.ticker = ticker;
        this.conversation = new Conversation(config, ticker);
        this.chunk = chunk;
    }

    /**
     * Sees to it that a repository has a blob.
     *
     * @param image says registry and repository; tag and digest do not count
     * @param from another repository of the registry that probably has it
     * @return how it came there
     */
    public Pushed blob(
            ImageReference image, Descriptor blob, BlobContent content, Optional<String> from, PushListener listener) {
        String what = "Cannot push blob " + blob.digest().shortHex() + " of `" + image.familiar() + "`";
        Attempts attempts = new Attempts(config.patience(), ticker, listener, what);
        return new BlobUpload(
                        conversation,
                        image.registry(),
                        image.repository(),
                        blob,
                        content,
                        from,
                        attempts,
                        listener,
                        chunk)
                .run();
    }

    /** Gives a manifest or index, whose parts are there, the reference's tag, or none if it has none. */
    public void manifest(ImageReference image, ImageDocument document, PushListener listener) {
        String word = image.tag().orElse(document.digest().toString());
        Attempts attempts = new Attempts(config.patience(), ticker, listener, "Cannot push `" + image.familiar() + "`");
        attempts.run(() -> {
            Conversation.Partner partner =
                    conversation.with(image.registry(), RegistryHost.Capability.PUSH, attempts.limit());
            URI uri = partner.address("/v2/" + image.repository() + "/manifests/" + word);
            Body body = Body.of(document.mediaType(), document.raw());
            Question question = new Question("PUT", uri, Map.of(), body);
            try (Answer answer = partner.ask(Access.push(image.repository()), question, attempts.limit())) {
                if (answer.status() != 201 && answer.status() != 200) {
                    throw partner.failure(answer, Verb.PUSH);
                }
                check(document, answer);
                return answer.status();
            }
        });
    }

    private static void check(ImageDocument document, Answer answer) {
        String told = answer.header("Docker-Content-Digest").trim();
        if (!told.isEmpty()
                && !Digest.tryParse(told)
                        .filter(digest -> digest.matches(document.raw()))
                        .isPresent()) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The registry answered " + answer.method() + " " + answer.url() + " with the digest `" + told
                            + "`, sent was " + document.digest() + ".",
                    "The registry or a proxy before it changes manifests.");
        }
    }
}
