package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.PlatformPreference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the index.json of an OCI image layout: entries with names in their annotations, each a manifest or, for several platforms, an index. Stateless.
 *
 * <p>The whole name stands in containerd's annotation; that of the specification has the whole name too, or the tag alone, which names no image.
 *
 * @see "OCI image-spec v1.1, image-layout.md, index.json"
 */
final class LayoutImages {
    static final String INDEX = "index.json";
    static final String LAYOUT = "oci-layout";
    static final String FULL_NAME = "io.containerd.image.name";

    private LayoutImages() {}

    /**
     * {@return the images, for the platform that suits best of each; names of one image come together}
     *
     * @param any whether an image that is the only one of its name is taken for whatever platform it is
     */
    static List<ArchivedImage> images(ArchiveFiles files, PlatformPreference preference, boolean any) {
        if (files.has(LAYOUT)) {
            checkVersion(files);
        }
        Map<String, List<Descriptor>> byName = new LinkedHashMap<>();
        Index index = ArchiveFiles.parsed(INDEX, files.read(INDEX), Index::parse);
        for (Descriptor entry : index.manifests()) {
            byName.computeIfAbsent(name(entry), name -> new ArrayList<>()).add(entry);
        }
        Map<Digest, Manifest> manifests = new LinkedHashMap<>();
        Map<Digest, List<ImageReference>> names = new LinkedHashMap<>();
        for (Map.Entry<String, List<Descriptor>> group : byName.entrySet()) {
            String name = group.getKey();
            boolean only = any && group.getValue().size() == 1;
            for (Descriptor entry : only ? group.getValue() : chosen(name, group.getValue(), preference)) {
                Manifest manifest = resolve(name, entry, files, preference);
                manifests.put(manifest.digest(), manifest);
                List<ImageReference> of = names.computeIfAbsent(manifest.digest(), digest -> new ArrayList<>());
                if (!name.isEmpty()) {
                    of.add(ImageReference.parse(name));
                }
            }
        }
        List<ArchivedImage> images = new ArrayList<>();
        for (Manifest manifest : manifests.values()) {
            images.add(new ArchivedImage(
                    names.getOrDefault(manifest.digest(), List.of()), manifest, config(manifest, files)));
        }
        return images;
    }

    private static void checkVersion(ArchiveFiles files) {
        String version = ArchiveFiles.parsed(LAYOUT, files.read(LAYOUT), JsonObject::parse)
                .fields()
                .string("imageLayoutVersion")
                .orElse("");
        if (!version.startsWith("1.")) {
            throw new WherryException(
                    Kind.UNSUPPORTED, "The image layout is of the version `" + version + "`; 1.0.0 is known.");
        }
    }

    /** {@return the canonical name; empty: there is none} */
    private static String name(Descriptor entry) {
        String full = entry.annotations().getOrDefault(FULL_NAME, "");
        String name = full.isEmpty() ? entry.annotations().getOrDefault(Index.REF_NAME, "") : full;
        boolean whole = !full.isEmpty() || name.indexOf(':') >= 0 || name.indexOf('/') >= 0;
        return whole ? ImageReference.parse(name).toString() : "";
    }

    /** A name stands for one image; what has none may be several. */
    private static List<Descriptor> chosen(String name, List<Descriptor> entries, PlatformPreference preference) {
        Descriptor best = Index.of(entries, Map.of()).require(preference, name.isEmpty() ? "The archive" : name);
        List<Descriptor> equals = new ArrayList<>();
        for (Descriptor entry : entries) {
            boolean image = MediaType.isManifest(entry.mediaType()) || MediaType.isIndex(entry.mediaType());
            if (image && rank(entry, preference) == rank(best, preference)) {
                equals.add(entry);
                if (!name.isEmpty() && !entry.digest().equals(best.digest())) {
                    throw new WherryException(
                            Kind.INVALID,
                            "The archive has two different images of the name `" + name + "`: " + best.digest()
                                    + " and " + entry.digest() + ".");
                }
            }
        }
        return equals;
    }

    private static int rank(Descriptor entry, PlatformPreference preference) {
        return entry.platform().isPresent() ? preference.rank(entry.platform().get()) : Integer.MAX_VALUE;
    }

    private static Manifest resolve(String name, Descriptor entry, ArchiveFiles files, PlatformPreference preference) {
        Descriptor at = entry;
        for (int depth = 0; depth <= Index.MAX_DEPTH; depth++) {
            String type = at.mediaType();
            ImageDocument document = ArchiveFiles.parsed(
                    ArchiveFiles.path(at), files.document(at), raw -> ImageDocument.parse(raw, type));
            if (document instanceof Manifest manifest) {
                return manifest;
            }
            at = ((Index) document).require(preference, name.isEmpty() ? "The archive" : name);
        }
        throw new WherryException(
                Kind.INVALID, "The archive's index is nested more than " + Index.MAX_DEPTH + " deep.");
    }

    private static ImageConfig config(Manifest manifest, ArchiveFiles files) {
        if (!MediaType.isImageConfig(manifest.config().mediaType())) {
            throw new WherryException(
                    Kind.UNSUPPORTED,
                    "The archive holds something that is no image: its configuration is of the type `"
                            + manifest.config().mediaType() + "`.");
        }
        return ArchiveFiles.parsed(
                ArchiveFiles.path(manifest.config()), files.document(manifest.config()), ImageConfig::parse);
    }
}
