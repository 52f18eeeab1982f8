package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One image for one platform: its configuration and its layers, the lowest first.
 *
 * @see "OCI image-spec v1.1, manifest.md"
 * @see "Docker image manifest version 2, schema 2"
 */
public final class Manifest implements ImageDocument {
    /** More layers than any kernel can stack; a manifest with more is refused. */
    static final int MAX_LAYERS = 1_000;

    private final RawDocument raw;
    private final String mediaType;
    private final Optional<String> artifactType;
    private final Descriptor config;
    private final List<Descriptor> layers;
    private final Optional<Descriptor> subject;
    private final Map<String, String> annotations;

    Manifest(byte[] raw, JsonObject document) {
        this.raw = new RawDocument(raw);
        Fields in = document.fields();
        this.mediaType = in.string("mediaType").orElse(MediaType.OCI_MANIFEST);
        this.artifactType = in.string("artifactType");
        this.config = Descriptor.fromJson(in.object("config").orElseThrow(() -> in.problem("config", "is missing.")));
        this.layers = Json.descriptors(in, "layers");
        this.subject = in.object("subject").map(Descriptor::fromJson);
        this.annotations = in.stringMap("annotations");
        if (layers.size() > MAX_LAYERS) {
            throw in.problem("layers", "has " + layers.size() + " layers, at most " + MAX_LAYERS + " are accepted");
        }
    }

    /** {@return the manifest in {@code raw}; an index is {@code INVALID}} */
    public static Manifest parse(byte[] raw) {
        ImageDocument document = ImageDocument.parse(raw);
        if (document instanceof Manifest manifest) {
            return manifest;
        }
        throw new WherryException(Kind.INVALID, "Expected the manifest of one image, found an index of several.");
    }

    /** {@return a new OCI manifest with its bytes} */
    public static Manifest of(Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
        JsonObject document = JsonObject.builder()
                .put("schemaVersion", 2)
                .put("mediaType", MediaType.OCI_MANIFEST)
                .put("config", config.toJson())
                .put("layers", Json.descriptors(layers))
                .putIfNotEmpty("annotations", annotations)
                .build();
        return new Manifest(document.toBytes(), document);
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

    public Descriptor config() {
        return config;
    }

    /** {@return the layers, the lowest first} */
    public List<Descriptor> layers() {
        return layers;
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

    /** {@return the sum of the sizes of configuration and layers, in bytes} */
    public long totalSize() {
        long sum = config.size();
        for (Descriptor layer : layers) {
            sum += layer.size();
            if (sum < 0) {
                throw new WherryException(
                        Kind.INVALID, "The sizes of the manifest's layers add up to more than 8 EiB.");
            }
        }
        return sum;
    }
}
