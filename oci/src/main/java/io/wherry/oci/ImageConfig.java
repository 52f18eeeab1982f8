package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image's configuration: what it runs on, how it wants to be run, and which layers it is made of.
 *
 * <p>The raw bytes travel along, since their digest is the image's id; {@link #document()} has what no getter knows.
 *
 * @see "OCI image-spec v1.1, config.md"
 */
public final class ImageConfig {
    /**
     * What made a layer, or what changed without one.
     *
     * @param created a date by RFC 3339
     * @param emptyLayer whether no layer belongs to this
     */
    public record History(
            Optional<String> created,
            Optional<String> createdBy,
            Optional<String> author,
            Optional<String> comment,
            boolean emptyLayer) {
        static History fromJson(Fields in) {
            return new History(
                    in.string("created"),
                    in.string("created_by"),
                    in.string("author"),
                    in.string("comment"),
                    in.flag("empty_layer"));
        }

        JsonObject toJson() {
            return JsonObject.builder()
                    .putIfPresent("created", created)
                    .putIfPresent("created_by", createdBy)
                    .putIfPresent("author", author)
                    .putIfPresent("comment", comment)
                    .putIfTrue("empty_layer", emptyLayer)
                    .build();
        }
    }

    private final RawDocument raw;
    private final JsonObject document;
    private final Platform platform;
    private final ExecutionDefaults execution;
    private final List<Digest> diffIds;
    private final List<History> history;
    private final Optional<String> created;
    private final Optional<String> author;

    private ImageConfig(byte[] raw, JsonObject document) {
        this.raw = new RawDocument(raw);
        this.document = document;
        Fields in = document.fields();
        this.platform = Platform.fromJson(in);
        Optional<Fields> config = in.object("config");
        this.execution = config.isPresent() ? ExecutionDefaults.fromJson(config.get()) : ExecutionDefaults.NONE;
        this.diffIds = diffIds(in);
        List<History> events = new ArrayList<>();
        for (Fields event : in.objects("history")) {
            events.add(History.fromJson(event));
        }
        this.history = List.copyOf(events);
        this.created = in.string("created");
        this.author = in.string("author");
    }

    private static List<Digest> diffIds(Fields in) {
        Optional<Fields> rootfs = in.object("rootfs");
        if (rootfs.isEmpty()) {
            throw in.problem("rootfs", "is missing.");
        }
        String type = rootfs.get().string("type").orElse("layers");
        if (!type.equals("layers")) {
            throw rootfs.get().problem("type", "must be `layers`, found `" + type + "`");
        }
        List<Digest> out = new ArrayList<>();
        for (String text : rootfs.get().strings("diff_ids")) {
            out.add(Json.digest(in, "rootfs.diff_ids", text));
        }
        return List.copyOf(out);
    }

    /** {@return the configuration in {@code raw}} */
    public static ImageConfig parse(byte[] raw) {
        return new ImageConfig(raw, JsonObject.parse(raw));
    }

    /** {@return a new configuration with its bytes} */
    public static ImageConfig of(
            Platform platform, ExecutionDefaults execution, List<Digest> diffIds, List<History> history) {
        List<String> ids = new ArrayList<>();
        for (Digest id : diffIds) {
            ids.add(id.toString());
        }
        List<JsonValue> events = new ArrayList<>();
        for (History event : history) {
            events.add(event.toJson());
        }
        JsonObject document = JsonObject.builder()
                .putMissing(platform.toJson())
                .put("config", execution.toJson())
                .put(
                        "rootfs",
                        JsonObject.builder()
                                .put("type", "layers")
                                .put("diff_ids", ids)
                                .build())
                .putIfNotEmpty("history", JsonArray.of(events))
                .build();
        return of(document);
    }

    /** {@return the configuration that is this document, with its bytes; for a change: {@code document().toBuilder()}} */
    public static ImageConfig of(JsonObject document) {
        return new ImageConfig(document.toBytes(), document);
    }

    /** {@return the bytes as they came; not to be changed} */
    public byte[] raw() {
        return raw.bytes();
    }

    /** {@return the digest of the bytes: the image's id} */
    public Digest digest() {
        return raw.digest();
    }

    public JsonObject document() {
        return document;
    }

    public Platform platform() {
        return platform;
    }

    /** {@return how the image wants to be run} */
    public ExecutionDefaults execution() {
        return execution;
    }

    /** {@return the digests of the layers' uncompressed archives, the lowest first} */
    public List<Digest> diffIds() {
        return diffIds;
    }

    public List<History> history() {
        return history;
    }

    /** {@return a date by RFC 3339, not checked} */
    public Optional<String> created() {
        return created;
    }

    public Optional<String> author() {
        return author;
    }
}
