package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.RegistryHost.Capability;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob to a repository: asks whether it is there, tries to have it mounted, and sends it, in one request if it is small, else in chunks.
 *
 * <p>What breaks is taken up where the registry says that it stands. The registry's word is held to what was sent: it cannot have more, what it loses counts, and a chunk that it
 * did not take whole is a failure. So every loop ends, by {@link Attempts}.
 *
 * @see "OCI distribution-spec v1.1, Push"
 */
final class BlobUpload {
    /** A longer blob goes in chunks of this length. */
    static final long CHUNK = 16 << 20;

    private final Conversation conversation;
    private final String registry;
    private final String repository;
    private final Descriptor blob;
    private final BlobContent content;
    private final Optional<String> from;
    private final Attempts attempts;
    private final PushListener listener;
    private final long chunk;
    private @Nullable UploadSession session;
    private boolean begun;
    private boolean mayMount = true;
    private boolean digestDoubted;
    private long highest;

    BlobUpload(
            Conversation conversation,
            String registry,
            String repository,
            Descriptor blob,
            BlobContent content,
            Optional<String> from,
            Attempts attempts,
            PushListener listener,
            long chunk) {
        this.conversation = conversation;
        this.registry = registry;
        this.repository = repository;
        this.blob = blob;
        this.content = content;
        this.from = from;
        this.attempts = attempts;
        this.listener = listener;
        this.chunk = chunk;
    }

    /** {@return how the blob came to be there} */
    Pushed run() {
        boolean done = false;
        try {
            Pushed outcome = attempts.run(this::attempt);
            done = true;
            return outcome;
        } finally {
            UploadSession open = session;
            if (!done && open != null && !Thread.currentThread().isInterrupted()) {
                abandon(open);
            }
        }
    }

    private Pushed attempt() throws IOException {
        Conversation.Partner partner = conversation.with(registry, Capability.PUSH, attempts.limit());
        UploadSession open = session == null ? null : resumed(partner, session);
        if (open == null) {
            if (exists(partner)) {
                return begun ? Pushed.SENT : Pushed.PRESENT;
            }
            open = opened(partner);
            if (open == null) {
                return Pushed.MOUNTED;
            }
        }
        begun = true;
        session = open;
        if (open.position() > 0 || blob.size() > open.chunk()) {
            while (open.position() < blob.size()) {
                open = patched(partner, open);
                session = open;
            }
        }
        close(partner, open);
        session = null;
        return Pushed.SENT;
    }

    private boolean exists(Conversation.Partner partner) throws IOException {
        String path = path("/blobs/" + blob.digest());
        try (Answer answer = ask(partner, "HEAD", partner.address(path), Map.of(), Body.NONE)) {
            if (answer.status() == 200) {
                // What has another length or digest is another blob, whatever it is called: ours is sent.
                return answer.contentLength().orElse(blob.size()) == blob.size() && isOurs(answer);
            }
            if (answer.status() != 404 && answer.status() != 405) {
                throw partner.failure(answer, Verb.PUSH);
            }
            return false;
        }
    }

    /** {@return the new upload; null if none is needed, since the blob was mounted} */
    private @Nullable UploadSession opened(Conversation.Partner partner) throws IOException {
        String path = path("/blobs/uploads/");
        if (from.isPresent() && mayMount) {
            mayMount = false;
            URI uri = partner.address(path + "?mount=" + blob.digest() + "&from=" + from.get());
            Question question = new Question("POST", uri, Map.of(), Body.NONE);
            try (Answer answer = partner.ask(Access.mount(repository, from.get()), question, attempts.limit())) {
                if (answer.status() == 201) {
                    requireOurs(answer);
                    return null;
                }
                if (answer.status() == 202) {
                    return begun(partner, answer);
                }
            } catch (RegistryException e) {
                if (e.kind() != Kind.DENIED) {
                    throw e;
                }
                // Whoever may push here need not be allowed to read there.
            }
        }
        try (Answer answer = ask(partner, "POST", partner.address(path), Map.of(), Body.NONE)) {
            if (answer.status() != 202) {
                throw partner.failure(answer, Verb.PUSH);
            }
            return begun(partner, answer);
        }
    }

    private UploadSession begun(Conversation.Partner partner, Answer answer) throws IOException {
        long least = UploadSession.leastChunk(answer);
        return new UploadSession(partner.location(answer), 0, Math.max(chunk, least), false);
    }

    /** {@return where the upload stands by the registry's word; null if it is lost} */
    private @Nullable UploadSession resumed(Conversation.Partner partner, UploadSession broken) throws IOException {
        try (Answer answer = ask(partner, "GET", broken.location(), Map.of(), Body.NONE)) {
            if (answer.status() >= 500 || answer.status() == 429 || answer.status() == 401) {
                throw partner.failure(answer, Verb.PUSH);
            }
            session = null;
            if (answer.status() != 204 && answer.status() != 202) {
                return null;
            }
            OptionalLong reached = UploadSession.reached(answer);
            if (reached.isEmpty()) {
                return null;
            }
            UploadSession next = next(partner, broken, answer, reached.getAsLong(), blob.size());
            return broken.doubted() ? next.inDoubt() : next;
        }
    }

    private UploadSession patched(Conversation.Partner partner, UploadSession open) throws IOException {
        long length = Math.min(open.chunk(), blob.size() - open.position());
        long end = open.position() + length;
        Map<String, String> range = Map.of("Content-Range", open.position() + "-" + (end - 1));
        Body body = Body.part(this::heard, open.position(), length);
        try (Answer answer = ask(partner, "PATCH", open.location(), range, body)) {
            if (answer.status() == 416) {
                session = open.doubted() ? null : open.inDoubt();
                throw new Fault(
                        Fault.At.TRANSFER, "the registry refuses the bytes from " + open.position() + " on", null);
            }
            if (answer.status() == 404) {
                session = null;
                throw new Fault(Fault.At.TRANSFER, "the registry has lost the upload", null);
            }
            if (answer.status() != 202 && answer.status() != 204 && answer.status() != 201) {
                throw partner.failure(answer, Verb.PUSH);
            }
            long reached = UploadSession.reached(answer).orElse(end);
            UploadSession next = next(partner, open, answer, reached, end);
            session = next;
            if (reached < end) {
                throw new Fault(
                        Fault.At.TRANSFER,
                        "the registry took only " + Math.max(0, reached - open.position()) + " of " + length + " bytes",
                        null);
            }
            return next;
        }
    }

    private UploadSession next(
            Conversation.Partner partner, UploadSession before, Answer answer, long reached, long sent)
            throws IOException {
        if (reached > sent) {
            session = null;
            throw new Fault(
                    Fault.At.TRANSFER,
                    "the registry says that it has " + reached + " bytes, but only " + sent + " were sent",
                    null);
        }
        if (reached > highest) {
            attempts.progress(reached - highest);
            highest = reached;
        }
        listener.sent(blob, reached);
        URI location = answer.header("Location").isEmpty() ? before.location() : partner.location(answer);
        return before.at(location, reached);
    }

    private void close(Conversation.Partner partner, UploadSession open) throws IOException {
        Body body = open.position() < blob.size() ? Body.part(this::heard, 0, blob.size()) : Body.NONE;
        URI uri = open.closing(blob.digest().toString());
        Question question = new Question("PUT", uri, Map.of(), body);
        // Before it answers, the registry may read the whole blob once more.
        Duration limit = attempts.limit().plusSeconds(blob.size() >> 23);
        try (Answer answer = partner.ask(Access.push(repository), question, limit)) {
            if (answer.status() == 201 || answer.status() == 204) {
                requireOurs(answer);
                listener.sent(blob, blob.size());
                return;
            }
            if (answer.status() == 404 || answer.status() == 416) {
                session = null;
                throw new Fault(Fault.At.TRANSFER, "the registry has lost the upload", null);
            }
            RegistryException failure = partner.failure(answer, Verb.PUSH);
            session = null;
            if (failure.codes().contains("DIGEST_INVALID") && !digestDoubted) {
                digestDoubted = true;
                requireWhole();
                throw new Fault(failure, Optional.empty());
            }
            throw failure;
        }
    }

    private Answer ask(Conversation.Partner partner, String method, URI uri, Map<String, String> headers, Body body)
            throws IOException {
        return partner.ask(Access.push(repository), new Question(method, uri, headers, body), attempts.limit());
    }

    private String path(String rest) {
        return "/v2/" + repository + rest;
    }

    /** {@return the content, which tells how far it was read} */
    private InputStream heard(long offset) throws IOException {
        return new FilterInputStream(content.open(offset)) {
            private long position = offset;

            @Override
            public int read(byte[] into, int start, int length) throws IOException {
                int n = super.read(into, start, length);
                if (n > 0) {
                    position += n;
                    attempts.alive();
                    listener.sent(blob, Math.min(position, blob.size()));
                }
                return n;
            }
        };
    }

    private boolean isOurs(Answer answer) {
        String told = answer.header("Docker-Content-Digest").trim();
        return told.isEmpty()
                || told.equals(blob.digest().toString())
                || Digest.tryParse(told)
                        .filter(other -> other.algorithm() != blob.digest().algorithm())
                        .isPresent();
    }

    private void requireOurs(Answer answer) {
        if (!isOurs(answer)) {
            throw new RegistryException(
                    Kind.CORRUPT,
                    "the registry says that it has `" + answer.header("Docker-Content-Digest") + "` now, sent was "
                            + blob.digest() + ".",
                    "The registry or a proxy before it is damaged.",
                    answer.method(),
                    answer.url(),
                    answer.status(),
                    List.of());
        }
    }

    /** Tells damage here from damage on the way. */
    private void requireWhole() throws IOException {
        MessageDigest hash = blob.digest().algorithm().start();
        try (InputStream in = content.open(0)) {
            byte[] piece = new byte[64 << 10];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                hash.update(piece, 0, n);
            }
        }
        Digest found = Digest.finish(blob.digest().algorithm(), hash);
        if (!found.equals(blob.digest())) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The stored blob " + blob.digest() + " is damaged: its bytes have the digest " + found + ".",
                    "Remove the image and pull it again.");
        }
    }

    /** Tells the registry that no more will come, and does not care what it says. */
    private void abandon(UploadSession open) {
        try {
            Conversation.Partner partner = conversation.with(registry, Capability.PUSH, Duration.ofSeconds(1));
            Question question = new Question("DELETE", open.location(), Map.of(), Body.NONE);
            partner.ask(Access.push(repository), question, Duration.ofSeconds(1))
                    .close();
        } catch (IOException | WherryException e) {
            // It forgets uploads by itself after some days.
            listener.sent(blob, 0);
        }
    }
}
