package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads manifest.json: a list of images, each with the names of its configuration and of its layers, the lowest first. Stateless.
 *
 * <p>There are no digests but those of the configuration; it is what the layers are proved by, and the name of a file proves nothing.
 *
 * @see "Docker image-spec v1.2, Combined Image JSON + Filesystem Changeset Format"
 */
final class DockerArchive {
    static final String MANIFEST = "manifest.json";
    static final String REPOSITORIES = "repositories";

    private DockerArchive() {}

    static List<ArchivedImage> images(ArchiveFiles files) {
        List<ArchivedImage> images = new ArrayList<>();
        for (Entry entry : ArchiveFiles.parsed(MANIFEST, files.read(MANIFEST), DockerArchive::entries)) {
            images.add(image(entry, files));
        }
        return images;
    }

    /** What the list says of an image: names of files. */
    private record Entry(String config, List<ImageReference> names, List<String> layers) {}

    private static List<Entry> entries(byte[] document) {
        if (!(JsonValue.parse(document) instanceof JsonArray list)) {
            throw invalid("it is no list of images.");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonValue each : list) {
            if (!(each instanceof JsonObject image)) {
                throw invalid("something in its list is no image.");
            }
            Fields in = image.fields();
            List<ImageReference> names = new ArrayList<>();
            for (String tag : in.strings("RepoTags")) {
                names.add(ImageReference.parse(tag));
            }
            entries.add(new Entry(in.requiredString("Config"), names, in.strings("Layers")));
        }
        return entries;
    }

    private static ArchivedImage image(Entry entry, ArchiveFiles files) {
        byte[] raw = files.read(entry.config());
        ImageConfig config = ArchiveFiles.parsed(entry.config(), raw, ImageConfig::parse);
        List<Descriptor> layers = new ArrayList<>();
        for (String path : entry.layers()) {
            layers.add(files.layer(path));
        }
        if (layers.size() != config.diffIds().size()) {
            throw invalid("The archive's " + MANIFEST + " names " + layers.size()
                    + " layers of an image whose configuration has "
                    + config.diffIds().size() + ".");
        }
        Manifest manifest = Manifest.of(Descriptor.of(MediaType.OCI_CONFIG, raw), layers, Map.of());
        return new ArchivedImage(entry.names(), manifest, config);
    }

    private static WherryException invalid(String sentence) {
        return new WherryException(Kind.INVALID, sentence);
    }
}
