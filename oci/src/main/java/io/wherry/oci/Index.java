package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several images under one name, most often one per platform; an entry may be an index again.
 *
 * @see "OCI image-spec v1.1, image-index.md"
 * @see "Docker image manifest version 2, schema 2, manifest list"
 */
public final class Index implements ImageDocument {
    /** The annotation by which an index names what it points at: image-spec v1.1, annotations.md. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** How deep indexes may be nested; whoever walks them counts. */
    public static final int MAX_DEPTH = 8;

    private final RawDocument raw;
    private final String mediaType;
    private final Optional<String> artifactType;
    private final List<Descriptor> manifests;
    private final Optional<Descriptor> subject;
    private final Map<String, String> annotations;

    Index(byte[] raw, JsonObject document) {
        this.raw = new RawDocument(raw);
        Fields in = document.fields();
        this.mediaType = in.string("mediaType").orElse(MediaType.OCI_INDEX);
        this.artifactType = in.string("artifactType");
        this.manifests = Json.descriptors(in, "manifests");
        this.subject = in.object("subject").map(Descriptor::fromJson);
        this.annotations = in.stringMap("annotations");
    }

    /** {@return the index in {@code raw}; a manifest is {@code INVALID}} */
    public static Index parse(byte[] raw) {
        ImageDocument document = ImageDocument.parse(raw);
        if (document instanceof Index index) {
            return index;
        }
        throw new WherryException(Kind.INVALID, "Expected an index, found the manifest of one image.");
    }

    /** {@return a new OCI index with its bytes} */
    public static Index of(List<Descriptor> manifests, Map<String, String> annotations) {
        JsonObject document = JsonObject.builder()
                .put("schemaVersion", 2)
                .put("mediaType", MediaType.OCI_INDEX)
                .put("manifests", Json.descriptors(manifests))
                .putIfNotEmpty("annotations", annotations)
                .build();
        return new Index(document.toBytes(), document);
    }

    @Override
    public byte[] raw() {
        return raw.bytes();
    }

    @Override
    public Digest digest() {
        return raw.digest();
    }

    @Override
    public String mediaType() {
        return mediaType;
    }

    @Override
    public Optional<String> artifactType() {
        return artifactType;
    }

    public List<Descriptor> manifests() {
        return manifests;
    }

    public Optional<Descriptor> subject() {
        return subject;
    }

    public Map<String, String> annotations() {
        return annotations;
    }

    /** {@return a descriptor of this document} */
    public Descriptor descriptor() {
        return new Descriptor(mediaType, digest(), raw.bytes().length);
    }

    /**
     * {@return the entry that suits best; of equals the first. Entries of types that are neither manifest nor index do
     * not count; an entry without platform, such as a nested index, suits when no other does}
     */
    public Optional<Descriptor> select(PlatformPreference preference) {
        Descriptor best = null;
        int bestRank = Integer.MAX_VALUE;
        for (Descriptor entry : manifests) {
            if (!MediaType.isManifest(entry.mediaType()) && !MediaType.isIndex(entry.mediaType())) {
                continue;
            }
            int rank = entry.platform().isPresent()
                    ? preference.rank(entry.platform().get())
                    : Integer.MAX_VALUE - 1;
            if (rank >= 0 && rank < bestRank) {
                best = entry;
                bestRank = rank;
            }
        }
        return Optional.ofNullable(best);
    }

    /** {@return {@link #select}'s entry; where nothing suits, a {@code NOT_FOUND} that lists what is offered} */
    public Descriptor require(PlatformPreference preference, String image) {
        Optional<Descriptor> entry = select(preference);
        if (entry.isPresent()) {
            return entry.get();
        }
        StringBuilder offered = new StringBuilder();
        for (Descriptor manifest : manifests) {
            String name = manifest.platform().map(Platform::toString).orElse("unknown/unknown");
            if (!name.equals("unknown/unknown") && offered.length() < 500) {
                offered.append(offered.isEmpty() ? "" : ", ").append(name);
            }
        }
        throw new WherryException(
                Kind.NOT_FOUND,
                "`" + image + "` has no image for " + preference + ".",
                offered.isEmpty() ? null : "It has images for " + offered + ".",
                null);
    }
}
