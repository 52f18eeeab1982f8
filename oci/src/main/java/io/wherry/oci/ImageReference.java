package io.wherry.oci;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image: registry, repository, and a tag, a digest or both.
 *
 * <p>Parsed with Docker's normalisation: {@code alpine} is {@code docker.io/library/alpine:latest}; the first part is a
 * registry if it holds {@code .} or {@code :} or an upper-case letter, or is {@code localhost}. With tag and digest, the
 * digest says which image it is and the tag is a remark.
 *
 * @see "OCI distribution-spec v1.1, Pulling manifests"
 * @see "distribution/reference, grammar of names"
 */
public final class ImageReference {
    public static final String DEFAULT_REGISTRY = "docker.io";
    public static final String DEFAULT_TAG = "latest";

    /** The repository, at {@code localhost}, of images that have no name. */
    private static final String UNNAMED = "unnamed";

    private static final int MAX_REPOSITORY = 255;
    private static final int MAX_TEXT = 1024;

    private final String registry;
    private final String repository;
    private final @Nullable String tag;
    private final @Nullable Digest digest;

    private ImageReference(String registry, String repository, @Nullable String tag, @Nullable Digest digest) {
        this.registry = registry;
        this.repository = repository;
        this.tag = tag;
        this.digest = digest;
    }

    /** {@return the reference that a user wrote; what is not one is {@code INVALID}, with a hint where one is known} */
    public static ImageReference parse(String text) {
        ReferenceGrammar grammar = new ReferenceGrammar(text);
        if (text.isEmpty()) {
            throw grammar.problem("it is empty");
        }
        if (text.length() > MAX_TEXT) {
            throw grammar.problem("it has more than " + MAX_TEXT + " characters");
        }
        if (text.contains("://")) {
            throw grammar.problem("it is a URL", "Leave out `" + text.substring(0, text.indexOf("://") + 3) + "`.");
        }
        if (text.length() == 64 && Digest.isLowerHex(text)) {
            throw grammar.problem(
                    "64 hexadecimal digits are an id, not a name",
                    "To name an image by its digest, write NAME@sha256:" + text + ".");
        }
        String rest = text;
        Digest digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Digest.parse(rest.substring(at + 1));
            rest = rest.substring(0, at);
        }
        String tag = null;
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            grammar.checkTag(tag);
            rest = rest.substring(0, colon);
        }
        String registry = DEFAULT_REGISTRY;
        int slash = rest.indexOf('/');
        if (slash >= 0 && isRegistry(rest.substring(0, slash))) {
            registry = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
            grammar.checkRegistry(registry);
            if (registry.equals("index.docker.io")) {
                registry = DEFAULT_REGISTRY;
            }
        }
        if (registry.equals(DEFAULT_REGISTRY) && rest.indexOf('/') < 0) {
            grammar.checkRepository(rest);
            rest = "library/" + rest;
        } else {
            grammar.checkRepository(rest);
        }
        if (rest.length() > MAX_REPOSITORY) {
            throw grammar.problem("its repository has more than " + MAX_REPOSITORY + " characters");
        }
        if (tag == null && digest == null) {
            tag = DEFAULT_TAG;
        }
        return new ImageReference(registry, rest, tag, digest);
    }

    /** {@return what an image without a name is kept under: {@code localhost/unnamed@DIGEST}, with the digest of its manifest} */
    public static ImageReference unnamed(Digest manifest) {
        return new ImageReference("localhost", UNNAMED, null, manifest);
    }

    /** {@return whether this stands for an image without a name} */
    public boolean isUnnamed() {
        return tag == null && repository.equals(UNNAMED) && registry.equals("localhost");
    }

    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.toLowerCase(Locale.ROOT).equals(first);
    }

    /** {@return host and port of the registry as named, such as {@code docker.io} or {@code [::1]:5000}} */
    public String registry() {
        return registry;
    }

    /** {@return the path within the registry, such as {@code library/alpine}} */
    public String repository() {
        return repository;
    }

    public Optional<String> tag() {
        return Optional.ofNullable(tag);
    }

    public Optional<Digest> digest() {
        return Optional.ofNullable(digest);
    }

    /** {@return registry and repository: {@code docker.io/library/alpine}} */
    public String name() {
        return registry + "/" + repository;
    }

    /** {@return the name as people know it: {@code alpine}, {@code user/app}, {@code ghcr.io/acme/api}} */
    public String familiarName() {
        if (!registry.equals(DEFAULT_REGISTRY)) {
            return name();
        }
        String official = "library/";
        boolean bare = repository.startsWith(official) && repository.indexOf('/', official.length()) < 0;
        return bare ? repository.substring(official.length()) : repository;
    }

    /** {@return what people write: the familiar name with tag and digest} */
    public String familiar() {
        return familiarName() + suffix();
    }

    /** {@return the same name with this tag and no digest} */
    public ImageReference withTag(String value) {
        new ReferenceGrammar(value).checkTag(value);
        return new ImageReference(registry, repository, value, null);
    }

    /** {@return the same name and tag with this digest} */
    public ImageReference withDigest(Digest value) {
        return new ImageReference(registry, repository, tag, value);
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageReference that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** {@return the canonical form, in which nothing is left to defaults: {@code docker.io/library/alpine:latest}} */
    @Override
    public String toString() {
        return name() + suffix();
    }
}
