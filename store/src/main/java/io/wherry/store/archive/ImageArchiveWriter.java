package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Platform;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.store.content.ContentStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes images of a store as an archive. Equal images, in the same order, give equal bytes: documents first, so that a reader of a pipe knows what comes, then blobs as images name them, each once; no
 * clock, no names of users. Safe for several threads; blobs must be kept from being collected meanwhile.
 */
public final class ImageArchiveWriter {
    private static final byte[] LAYOUT = utf8("{\"imageLayoutVersion\":\"1.0.0\"}");

    private final StoredBlobs blobs;

    /** Writes what this store has. */
    public ImageArchiveWriter(ContentStore content) {
        this.blobs = new StoredBlobs(content);
    }

    /** Refuses images that could not be written whole. Nothing is written yet. */
    public void require(List<ArchivedImage> images) {
        for (ArchivedImage image : images) {
            String name = image.names().isEmpty()
                    ? image.config().digest().toString()
                    : image.names().getFirst().familiar();
            blobs.require(image.manifest().config(), name);
            for (Descriptor layer : image.manifest().layers()) {
                blobs.require(layer, name);
            }
        }
    }

    /** Writes an archive. The stream stays the caller's. */
    public void write(List<ArchivedImage> images, ArchiveFormat format, OutputStream out) throws IOException {
        ArchiveSink sink = new ArchiveSink.InTar(out);
        if (format == ArchiveFormat.DOCKER_ARCHIVE) {
            writeOld(images, sink);
        } else {
            writeLayout(images, format == ArchiveFormat.DOCKER, sink);
        }
        sink.finish();
    }

    /** Writes a layout into a folder that is there and empty. */
    public void write(List<ArchivedImage> images, Path folder) throws IOException {
        writeLayout(images, false, new ArchiveSink.InFolder(folder));
    }

    private void writeLayout(List<ArchivedImage> images, boolean docker, ArchiveSink sink) throws IOException {
        sink.file(LayoutImages.LAYOUT, LAYOUT);
        sink.file(LayoutImages.INDEX, index(images));
        if (docker) {
            sink.file(DockerArchive.MANIFEST, manifestJson(images, ArchiveFiles::path, true));
            sink.file(DockerArchive.REPOSITORIES, repositories(images));
        }
        sink.folder("blobs");
        Map<String, BlobContent> files = new LinkedHashMap<>();
        Set<String> algorithms = new HashSet<>();
        for (ArchivedImage image : images) {
            byte[] manifest = image.manifest().raw();
            put(files, image.manifest().descriptor(), blob -> new ByteArrayInputStream(manifest));
            put(files, image.manifest().config(), blobs::open);
        }
        for (ArchivedImage image : images) {
            for (Descriptor layer : image.manifest().layers()) {
                put(files, layer, blobs::open);
            }
        }
        for (Map.Entry<String, BlobContent> file : files.entrySet()) {
            String folder = file.getKey().substring(0, file.getKey().lastIndexOf('/'));
            if (algorithms.add(folder)) {
                sink.folder(folder);
            }
            try (InputStream in = file.getValue().open()) {
                sink.file(file.getKey(), file.getValue().blob().size(), in);
            }
        }
    }

    private interface Opening {
        InputStream open(Descriptor blob);
    }

    private record BlobContent(Descriptor blob, Opening opening) {
        InputStream open() {
            return opening.open(blob);
        }
    }

    private static void put(Map<String, BlobContent> files, Descriptor blob, Opening opening) {
        files.putIfAbsent(ArchiveFiles.path(blob), new BlobContent(blob, opening));
    }

    private void writeOld(List<ArchivedImage> images, ArchiveSink sink) throws IOException {
        sink.file(DockerArchive.MANIFEST, manifestJson(images, ImageArchiveWriter::oldPath, false));
        sink.file(DockerArchive.REPOSITORIES, repositories(images));
        Set<String> written = new HashSet<>();
        for (ArchivedImage image : images) {
            String config = oldPath(image.manifest().config());
            if (written.add(config)) {
                sink.file(config, image.config().raw());
            }
            for (int i = 0; i < image.config().diffIds().size(); i++) {
                Descriptor layer = image.manifest().layers().get(i);
                Digest diffId = image.config().diffIds().get(i);
                if (written.add(oldPath(diffId))) {
                    sink.folder(diffId.hex());
                    long size = blobs.archiveSize(layer, diffId);
                    try (InputStream in = blobs.openArchive(layer, diffId)) {
                        sink.file(oldPath(diffId), size, in);
                    }
                }
            }
        }
    }

    private static String oldPath(Descriptor config) {
        return config.digest().hex() + ".json";
    }

    private static String oldPath(Digest diffId) {
        return diffId.hex() + "/layer.tar";
    }

    private interface ConfigPath {
        String of(Descriptor config);
    }

    private static byte[] manifestJson(List<ArchivedImage> images, ConfigPath config, boolean layout) {
        List<JsonValue> list = new ArrayList<>();
        for (ArchivedImage image : images) {
            List<String> layers = new ArrayList<>();
            for (int i = 0; i < image.config().diffIds().size(); i++) {
                layers.add(
                        layout
                                ? ArchiveFiles.path(image.manifest().layers().get(i))
                                : oldPath(image.config().diffIds().get(i)));
            }
            List<String> tags = new ArrayList<>();
            for (ImageReference name : tagged(image)) {
                tags.add(name.familiar());
            }
            list.add(JsonObject.builder()
                    .put("Config", config.of(image.manifest().config()))
                    .put("RepoTags", tags.isEmpty() ? JsonNull.INSTANCE : JsonArray.ofStrings(tags))
                    .put("Layers", layers)
                    .build());
        }
        return utf8(JsonArray.of(list) + "\n");
    }

    /** What readers older than manifest.json went by. */
    private static byte[] repositories(List<ArchivedImage> images) {
        Map<String, JsonObject.Builder> repositories = new LinkedHashMap<>();
        for (ArchivedImage image : images) {
            List<Digest> layers = image.config().diffIds();
            Digest top = layers.isEmpty() ? image.config().digest() : layers.getLast();
            for (ImageReference name : tagged(image)) {
                repositories
                        .computeIfAbsent(name.familiarName(), repository -> JsonObject.builder())
                        .put(name.tag().orElseThrow(), top.hex());
            }
        }
        JsonObject.Builder out = JsonObject.builder();
        repositories.forEach((name, tags) -> out.put(name, tags.build()));
        return utf8(out.build() + "\n");
    }

    private static byte[] index(List<ArchivedImage> images) {
        List<Descriptor> entries = new ArrayList<>();
        for (ArchivedImage image : images) {
            Platform of = image.config().platform();
            Descriptor manifest =
                    image.manifest().descriptor().withPlatform(new Platform(of.os(), of.architecture(), of.variant()));
            List<ImageReference> names = tagged(image);
            if (names.isEmpty()) {
                entries.add(manifest);
            }
            for (ImageReference name : names) {
                Map<String, String> annotations = new LinkedHashMap<>();
                annotations.put(LayoutImages.FULL_NAME, name.toString());
                annotations.put(Index.REF_NAME, name.tag().orElseThrow());
                entries.add(manifest.withAnnotations(annotations));
            }
        }
        return Index.of(entries, Map.of()).raw();
    }

    /** {@return the names that have a tag, without their digests} An archive has no others. */
    private static List<ImageReference> tagged(ArchivedImage image) {
        List<ImageReference> tagged = new ArrayList<>();
        for (ImageReference name : image.names()) {
            if (name.tag().isPresent()) {
                tagged.add(name.withTag(name.tag().get()));
            }
        }
        return tagged;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
