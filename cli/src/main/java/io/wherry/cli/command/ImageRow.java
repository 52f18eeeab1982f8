package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.engine.Image;
import io.wherry.oci.json.JsonObject;
import java.util.List;

/** One image as {@code images} shows it, by docker's field names. */
final class ImageRow {
    private static final JsonObject TITLES = JsonObject.builder()
            .put("Repository", "REPOSITORY")
            .put("Tag", "TAG")
            .put("Digest", "DIGEST")
            .put("ID", "IMAGE ID")
            .put("CreatedAt", "CREATED AT")
            .put("CreatedSince", "CREATED")
            .put("Size", "SIZE")
            .build();

    /** How {@code images} prints. */
    static final Listing LISTING = new Listing(TITLES, List.of("Repository", "Tag", "ID", "CreatedSince", "Size"));

    /** The same with {@code --digests}. */
    static final Listing WITH_DIGESTS =
            new Listing(TITLES, List.of("Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"));

    private ImageRow() {}

    /**
     * {@return the fields}
     *
     * @param wide whether ids are whole
     * @param now seconds since 1970
     */
    static JsonObject of(Image image, boolean wide, long now) {
        String created = image.config().created().orElse("");
        return JsonObject.builder()
                .put(
                        "Repository",
                        image.reference().isUnnamed()
                                ? "<none>"
                                : image.reference().familiarName())
                .put("Tag", image.reference().tag().orElse("<none>"))
                .put("Digest", image.manifest().toString())
                .put(
                        "ID",
                        wide ? image.id().toString() : Human.shortId(image.id().hex()))
                .put("CreatedAt", created)
                .put("CreatedSince", created.isEmpty() ? "N/A" : Human.ago(ContainerRow.seconds(created), now))
                .put("Size", Human.size(image.size()))
                .build();
    }
}
