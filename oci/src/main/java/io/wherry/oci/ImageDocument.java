package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What a registry returns for a reference: one image's {@link Manifest} or an {@link Index} of several.
 *
 * <p>The raw bytes travel with the parsed view, since digests are over bytes. A document that could be read as either
 * is refused: other tools might take the same digest for something else (CVE-2021-41190).
 */
public sealed interface ImageDocument permits Manifest, Index {
    /** A manifest or index with more bytes is refused, by us and by others. */
    int MAX_BYTES = 4 << 20;

    /** {@return the bytes as they came; not to be changed} */
    byte[] raw();

    /** {@return the digest of the bytes} */
    Digest digest();

    /** {@return the media type, stated by the document or implied by its shape} */
    String mediaType();

    Optional<String> artifactType();

    /** {@return the manifest or index in {@code raw}, told apart by its shape} */
    static ImageDocument parse(byte[] raw) {
        return parse(raw, "");
    }

    /**
     * {@return the manifest or index in {@code raw}}
     *
     * @param mediaType what the descriptor or the response says that it is; empty if nothing is said
     */
    static ImageDocument parse(byte[] raw, String mediaType) {
        JsonObject document = JsonObject.parse(raw);
        boolean index = isIndex(document, MediaType.withoutParameters(mediaType));
        return index ? new Index(raw, document) : new Manifest(raw, document);
    }

    private static boolean isIndex(JsonObject document, String outer) {
        refuseLookAlikes(document);
        String inner = document.fields().string("mediaType").orElse("");
        boolean manifests = document.has("manifests");
        boolean layers = document.has("layers") || document.has("config");
        if (MediaType.isSchema1(outer)
                || MediaType.isSchema1(inner)
                || document.has("fsLayers")
                || document.fields()
                        .any("schemaVersion")
                        .filter(v -> v.toString().equals("1"))
                        .isPresent()) {
            throw new WherryException(
                    Kind.UNSUPPORTED,
                    "The image is in Docker's schema 1, which was retired and has no verifiable layers.",
                    "Ask the publisher to push the image again with a current tool.");
        }
        long version = document.fields().requiredInteger("schemaVersion");
        if (version != 2) {
            throw ambiguous("has schemaVersion " + version + ", and only 2 is known");
        }
        if (manifests && layers) {
            throw ambiguous("has the fields of a manifest and of an index");
        }
        if (!manifests && !layers) {
            throw ambiguous("has neither `layers` nor `manifests`");
        }
        checkType("its mediaType", inner, manifests);
        checkType("the media type that it came with", outer, manifests);
        return manifests;
    }

    private static void checkType(String who, String type, boolean isIndex) {
        if ((isIndex && MediaType.isManifest(type)) || (!isIndex && MediaType.isIndex(type))) {
            throw ambiguous("has the shape of " + (isIndex ? "an index" : "a manifest") + ", but " + who + " is `"
                    + type + "`");
        }
    }

    /** Go matches names without regard to case; what we would not see, others would. */
    private static void refuseLookAlikes(JsonObject document) {
        for (String name : document.members().keySet()) {
            for (String known : List.of("schemaVersion", "mediaType", "config", "layers", "manifests", "subject")) {
                if (name.equalsIgnoreCase(known) && !name.equals(known)) {
                    throw ambiguous("has the field `" + name + "`, which some tools read as `" + known + "`");
                }
            }
        }
    }

    private static WherryException ambiguous(String problem) {
        return new WherryException(Kind.INVALID, "The document is no image manifest or index: it " + problem + ".");
    }
}
