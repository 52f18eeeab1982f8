package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.RegistryHost.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pulls from registries.
 *
 * <p>What a method returns was checked: its length, its digest, and for manifests its shape. Failures are
 * {@link WherryException}s: {@code NOT_FOUND}, {@code DENIED}, {@code UNAVAILABLE} after all tries, {@code CORRUPT} where
 * bytes are not what they should be, {@code INTERRUPTED} when the thread was; a {@link RegistryException} where the
 * registry answered. No call waits longer than {@link Patience#stall()} without progress.
 *
 * <p>Safe for use by several threads, which share connections and tokens. Nothing needs to be closed but the streams.
 *
 * @see "OCI distribution-spec v1.1, Pull"
 */
public final class RegistryClient {
    private static final String MANIFEST_TYPES = String.join(
            ", ", MediaType.OCI_INDEX, MediaType.DOCKER_INDEX, MediaType.OCI_MANIFEST, MediaType.DOCKER_MANIFEST);

    private final RegistryConfig config;
    private final Ticker ticker;
    private final Conversation conversation;

    public RegistryClient(RegistryConfig config) {
        this(config, Ticker.SYSTEM);
    }

    RegistryClient(RegistryConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
        this.conversation = new Conversation(config, ticker);
    }

    /** {@return the manifest or index that the reference names now; its digest, if it has one, before its tag} */
    public ResolvedManifest resolve(ImageReference reference) {
        return resolve(reference, PullListener.NONE);
    }

    /** {@return the manifest or index that the reference names now; its digest, if it has one, before its tag} */
    public ResolvedManifest resolve(ImageReference reference, PullListener listener) {
        String word = reference.digest().isPresent()
                ? reference.digest().get().toString()
                : reference.tag().orElse(ImageReference.DEFAULT_TAG);
        return manifest(reference, word, reference.digest(), null, listener);
    }

    /**
     * {@return the manifest or index that an index of this image points at}
     *
     * @param image says registry and repository; tag and digest do not count
     */
    public ResolvedManifest manifest(ImageReference image, Descriptor descriptor) {
        return manifest(
                image, descriptor.digest().toString(), Optional.of(descriptor.digest()), descriptor, PullListener.NONE);
    }

    /**
     * {@return a small blob, such as an image's configuration, as a whole}
     *
     * @param image says registry and repository; tag and digest do not count
     */
    public byte[] document(ImageReference image, Descriptor descriptor) {
        if (descriptor.size() > ImageDocument.MAX_BYTES) {
            throw new WherryException(
                    Kind.INVALID,
                    cannot(image) + ": its document " + descriptor.digest() + " has " + descriptor.size()
                            + " bytes, at most " + ImageDocument.MAX_BYTES + " are accepted.");
        }
        try (InputStream in = blob(image, descriptor, BlobPosition.start(descriptor), PullListener.NONE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new WherryException(Kind.UNAVAILABLE, cannot(image) + ": " + Transport.sentence(e) + ".", e);
        }
    }

    /**
     * {@return the blob's bytes from {@code from} on}
     *
     * <p>The stream connects at its first read, takes broken connections up again by itself, and ends only if length
     * and digest of the whole blob are right (the length, if the position has no hash). Its reads throw {@link WherryException}. Closing it early is fine.
     *
     * @param image says registry and repository; tag and digest do not count
     */
    public InputStream blob(ImageReference image, Descriptor descriptor, BlobPosition from, PullListener listener) {
        String what = "Cannot pull blob " + descriptor.digest().shortHex() + " of `" + image.familiar() + "`";
        Attempts attempts = new Attempts(config.patience(), ticker, listener, what);
        return new BlobStream(
                descriptor,
                from,
                (offset, limit) -> conversation.first(
                        image.registry(),
                        Capability.PULL,
                        limit,
                        listener,
                        partner -> openBlob(partner, image, descriptor, offset, limit)),
                attempts,
                listener,
                what);
    }

    private ResolvedManifest manifest(
            ImageReference image,
            String word,
            Optional<Digest> digest,
            @Nullable Descriptor expected,
            PullListener listener) {
        Attempts attempts = new Attempts(config.patience(), ticker, listener, cannot(image));
        String path = "/v2/" + image.repository() + "/manifests/" + word;
        Capability capability = digest.isPresent() ? Capability.PULL : Capability.RESOLVE;
        return attempts.run(() ->
                conversation.first(image.registry(), capability, attempts.limit(), listener, partner -> {
                    Map<String, String> headers = Map.of("Accept", MANIFEST_TYPES);
                    try (Answer answer = fetch(partner, image, path, headers, attempts.limit())) {
                        return ManifestCheck.read(cannot(image), answer, digest, Optional.ofNullable(expected));
                    }
                }));
    }

    private static Answer openBlob(
            Conversation.Partner partner, ImageReference image, Descriptor blob, long offset, Duration limit)
            throws IOException {
        String path = "/v2/" + image.repository() + "/blobs/" + blob.digest();
        if (offset > 0 && offset < blob.size()) {
            Answer part = tryRange(partner, image, path, offset, limit);
            if (part.status() == 206 && ContentRange.of(part).startsAt(offset, blob.size())) {
                return part;
            }
            if (part.status() == 200) {
                skip(whole(part, blob), offset);
                return part;
            }
            part.close();
        }
        Answer answer = whole(fetch(partner, image, path, Map.of(), limit), blob);
        skip(answer, offset);
        return answer;
    }

    /** A registry may answer a wish for a part with 206, with 200 and everything, or with 416; only 206 is a part. */
    private static Answer tryRange(
            Conversation.Partner partner, ImageReference image, String path, long offset, Duration limit)
            throws IOException {
        Answer answer = ask(partner, image, path, Map.of("Range", "bytes=" + offset + "-"), limit);
        if (answer.status() == 200 || answer.status() == 206 || answer.status() == 416) {
            return answer;
        }
        throw partner.failure(answer, Verb.PULL);
    }

    private static Answer whole(Answer answer, Descriptor blob) throws IOException {
        long length = answer.contentLength().orElse(blob.size());
        if (answer.status() != 200 || length != blob.size()) {
            answer.close();
            throw new RegistryException(
                    Kind.CORRUPT,
                    "the registry answered GET " + answer.url() + " with " + answer.status() + " and " + length
                            + " bytes, expected " + blob.size() + ".",
                    null,
                    answer.method(),
                    answer.url(),
                    answer.status(),
                    List.of());
        }
        return answer;
    }

    /** Reads over what the caller has already; that these are other bytes will show in the digest of the whole. */
    private static void skip(Answer answer, long count) throws IOException {
        byte[] chunk = new byte[16 << 10];
        long left = count;
        while (left > 0) {
            int n = answer.body().read(chunk, 0, (int) Math.min(chunk.length, left));
            if (n < 0) {
                throw new Fault(Fault.At.TRANSFER, "the answer ended before byte " + count, null);
            }
            left -= n;
        }
    }

    /** {@return an answer with status 200} */
    private static Answer fetch(
            Conversation.Partner partner,
            ImageReference image,
            String path,
            Map<String, String> headers,
            Duration limit)
            throws IOException {
        Answer answer = ask(partner, image, path, headers, limit);
        if (answer.status() == 200) {
            return answer;
        }
        throw partner.failure(answer, Verb.PULL);
    }

    private static Answer ask(
            Conversation.Partner partner,
            ImageReference image,
            String path,
            Map<String, String> headers,
            Duration limit)
            throws IOException {
        return partner.ask(Access.pull(image.repository()), Question.get(partner.reading(path), headers), limit);
    }

    private static String cannot(ImageReference image) {
        return "Cannot pull `" + image.familiar() + "`";
    }
}
