package io.wherry.cli.command;

import io.wherry.engine.Image;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** One image as {@code inspect} shows it, by docker's field names. */
final class ImageDocuments {
    private ImageDocuments() {}

    static JsonObject of(Image image) {
        List<String> layers = new ArrayList<>();
        for (Digest diffId : image.config().diffIds()) {
            layers.add(diffId.toString());
        }
        ImageReference name = image.reference();
        List<String> tags = name.isUnnamed() ? List.of() : List.of(name.familiar());
        List<String> digests = name.isUnnamed() ? List.of() : List.of(name.familiarName() + "@" + image.manifest());
        return JsonObject.builder()
                .put("Id", image.id().toString())
                .put("RepoTags", JsonArray.ofStrings(tags))
                .put("RepoDigests", JsonArray.ofStrings(digests))
                .put("Created", image.config().created().orElse(""))
                .put("Author", image.config().author().orElse(""))
                .put("Architecture", image.config().platform().architecture())
                .put("Os", image.config().platform().os())
                .put("Size", image.size())
                .put("Config", image.config().execution().toJson())
                .put(
                        "RootFS",
                        JsonObject.builder()
                                .put("Type", "layers")
                                .put("Layers", JsonArray.ofStrings(layers))
                                .build())
                .build();
    }
}
