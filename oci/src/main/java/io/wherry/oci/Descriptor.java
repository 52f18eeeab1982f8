package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Points at bytes: what they are, how many, and their digest.
 *
 * @param mediaType what the bytes are; may be one that we do not know
 * @param size in bytes, not negative
 * @param urls other places for a foreign layer; never fetched without a setting
 * @param annotations in the order of the document
 * @param platform in an index: where the image runs
 * @param artifactType what an artifact holds
 * @param extra members that this type does not know, such as {@code data}
 * @see "OCI image-spec v1.1, descriptor.md"
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        List<String> urls,
        Map<String, String> annotations,
        Optional<Platform> platform,
        Optional<String> artifactType,
        JsonObject extra) {

    public Descriptor {
        if (size < 0) {
            throw new WherryException(
                    WherryException.Kind.INVALID, "Descriptor of " + digest + " has the negative size " + size + ".");
        }
        urls = List.copyOf(urls);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, List.of(), Map.of(), Optional.empty(), Optional.empty(), JsonObject.empty());
    }

    /** {@return the descriptor of these bytes} */
    public static Descriptor of(String mediaType, byte[] bytes) {
        return new Descriptor(mediaType, Digest.sha256(bytes), bytes.length);
    }

    /** {@return the same, for this platform} */
    public Descriptor withPlatform(Platform value) {
        return new Descriptor(mediaType, digest, size, urls, annotations, Optional.of(value), artifactType, extra);
    }

    /** {@return the same with these annotations instead of the present ones} */
    public Descriptor withAnnotations(Map<String, String> value) {
        return new Descriptor(mediaType, digest, size, urls, value, platform, artifactType, extra);
    }

    /** {@return the descriptor in a document; a wrong digest, size or type is {@code INVALID}} */
    public static Descriptor fromJson(Fields in) {
        String mediaType = in.requiredString("mediaType");
        Digest digest = Json.digest(in, "digest", in.requiredString("digest"));
        long size = in.requiredInteger("size");
        if (size < 0) {
            throw in.problem("size", "must not be negative, found " + size);
        }
        Optional<Fields> platform = in.object("platform");
        return new Descriptor(
                mediaType,
                digest,
                size,
                in.strings("urls"),
                in.stringMap("annotations"),
                platform.isPresent() ? Optional.of(Platform.fromJson(platform.get())) : Optional.empty(),
                in.string("artifactType"),
                in.rest());
    }

    /** {@return this in the order in which Docker's and containerd's tools write it} */
    public JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder()
                .put("mediaType", mediaType)
                .put("digest", digest.toString())
                .put("size", size)
                .putIfNotEmpty("urls", urls)
                .putIfNotEmpty("annotations", annotations);
        if (platform.isPresent()) {
            out.put("platform", platform.get().toJson());
        }
        return out.putIfPresent("artifactType", artifactType).putMissing(extra).build();
    }
}
