package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.JsonLimits;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Lists what a repository has, page by page as the registry gives it.
 *
 * <p>Bounded: 4 MiB a page, {@value #PAGES} pages; a circle of pages is a failure. Failures are those of {@link RegistryClient}.
 *
 * @see "OCI distribution-spec v1.1, Content Discovery"
 */
public final class RegistryListing {
    private static final int PAGES = 1000;

    private final RegistryConfig config;
    private final Conversation conversation;

    public RegistryListing(RegistryConfig config) {
        this.config = config;
        this.conversation = new Conversation(config, Ticker.SYSTEM);
    }

    /** Gives all tags of an image's repository, in the registry's order. */
    public void tags(ImageReference image, Consumer<String> to) {
        String what = "Cannot list the tags of `" + image.familiarName() + "`";
        pages(image, "/v2/" + image.repository() + "/tags/list?n=1000", what, false, page -> {
            for (String tag : page.fields().strings("tags")) {
                to.accept(tag);
            }
        });
    }

    /**
     * {@return what refers to a manifest: signatures, inventories and the like; none is an empty list}
     *
     * <p>A registry that does not know the question is asked for the tag that stands in for it.
     */
    public List<Descriptor> referrers(ImageReference image, Digest digest) {
        List<Descriptor> all = new ArrayList<>();
        String what = "Cannot list what refers to `" + image.familiar() + "`";
        Consumer<JsonObject> collect =
                page -> all.addAll(Index.parse(page.toBytes()).manifests());
        String path = "/v2/" + image.repository();
        if (!pages(image, path + "/referrers/" + digest, what, true, collect)) {
            String tag = digest.algorithm().word() + "-" + digest.hex();
            pages(image, path + "/manifests/" + tag, what, true, collect);
        }
        return all;
    }

    /** {@return false if the first page is not there, and may be missing} */
    private boolean pages(ImageReference image, String path, String what, boolean mayMiss, Consumer<JsonObject> to) {
        Attempts attempts = new Attempts(config.patience(), Ticker.SYSTEM, PullListener.NONE, what);
        Optional<URI> next = Optional.of(URI.create(path));
        Set<URI> seen = new HashSet<>();
        while (next.isPresent()) {
            URI address = next.get();
            if (!seen.add(address) || seen.size() > PAGES) {
                throw new WherryException(Kind.INVALID, what + ": the registry's pages go on without an end.");
            }
            boolean first = seen.size() == 1;
            Optional<Page> page = attempts.run(() -> page(image, address, attempts, mayMiss && first));
            if (page.isEmpty()) {
                return false;
            }
            to.accept(page.get().content());
            attempts.progress(1 << 20);
            next = page.get().next();
        }
        return true;
    }

    private record Page(JsonObject content, Optional<URI> next) {}

    private Optional<Page> page(ImageReference image, URI address, Attempts attempts, boolean mayMiss)
            throws IOException {
        Conversation.Partner partner = conversation.with(image.registry(), attempts.limit());
        URI uri = address.isAbsolute() ? address : partner.address(address.toString());
        Question question = Question.get(uri, Map.of("Accept", MediaType.OCI_INDEX + ", application/json"));
        try (Answer answer = partner.ask(Access.pull(image.repository()), question, attempts.limit())) {
            boolean missing = answer.status() == 404 || answer.status() == 405 || answer.isHtml();
            if (mayMiss && missing) {
                return Optional.empty();
            }
            if (answer.status() != 200) {
                throw partner.failure(answer, Verb.LIST);
            }
            byte[] body = answer.readUpTo(ImageDocument.MAX_BYTES);
            if (body.length > ImageDocument.MAX_BYTES) {
                throw refused(answer, "with more than " + ImageDocument.MAX_BYTES + " bytes");
            }
            JsonObject content;
            try {
                content = JsonObject.parse(body, JsonLimits.ofBytes(ImageDocument.MAX_BYTES));
            } catch (WherryException e) {
                throw refused(answer, "with what is no list: " + e.getMessage());
            }
            Optional<URI> next = next(answer);
            if (next.isPresent() && !Hosts.sameOrigin(next.get(), uri)) {
                throw refused(
                        answer,
                        "with a next page at another host, `" + next.get().getAuthority() + "`");
            }
            return Optional.of(new Page(content, next));
        }
    }

    /** {@return the address in {@code Link: <…>; rel="next"}} */
    private static Optional<URI> next(Answer answer) {
        for (String link : answer.allHeaders("Link")) {
            int end = link.indexOf('>');
            boolean next = link.contains("rel=\"next\"") || link.contains("rel=next");
            if (link.startsWith("<") && end > 0 && next) {
                try {
                    return Optional.of(answer.uri().resolve(new URI(link.substring(1, end))));
                } catch (URISyntaxException e) {
                    throw refused(answer, "with a next page at what is no address");
                }
            }
        }
        return Optional.empty();
    }

    private static RegistryException refused(Answer answer, String problem) {
        return new RegistryException(
                Kind.INVALID,
                "the registry answered GET " + answer.url() + " " + problem + ".",
                null,
                answer.method(),
                answer.url(),
                answer.status(),
                List.of());
    }
}
