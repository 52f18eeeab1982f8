package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Names of images: one file a reference. Safe for use by several threads and processes. */
public final class Images {
    private static final String LOCK = "images";
    private static final String SUFFIX = ".json";
    private static final int LONGEST_NAME = 200;

    private final Path folder;
    private final ContentStore content;
    private final Durable durable;
    private final FileLocks locks;

    public Images(Path folder, ContentStore content, Durable durable, FileLocks locks) {
        this.folder = folder;
        this.content = content;
        this.durable = durable;
        this.locks = locks;
    }

    /** Gives the reference to a manifest whose blobs are all stored. An image that has lost its only name by that is kept without one: containers may have been made of it. */
    public void put(StoredImage image) {
        try (FileLocks.Held _ = locks.exclusive(LOCK)) {
            durable.folders(folder);
            content.settle();
            keepWithoutName(image);
            write(image);
            ImageReference unnamed = ImageReference.unnamed(image.manifest().digest());
            if (!image.reference().equals(unnamed)) {
                durable.remove(file(unnamed)); // now it has one
            }
            writeIndex();
        }
    }

    private void keepWithoutName(StoredImage coming) {
        Optional<StoredImage> replaced = replaced(coming.reference());
        if (replaced.isEmpty()) {
            return;
        }
        StoredImage old = replaced.get();
        Digest manifest = old.manifest().digest();
        if (!manifest.equals(coming.manifest().digest()) && names(manifest, readable()) == 1) {
            write(old.named(ImageReference.unnamed(manifest)));
        }
    }

    private Optional<StoredImage> replaced(ImageReference name) {
        try {
            return find(name);
        } catch (WherryException e) {
            return Optional.empty(); // what a damaged record stood for nobody knows
        }
    }

    /** Notes, durably, of those among these names that still stand for images that blobs of their layers may be missing from now on. */
    public void drop(Set<ImageReference> names) {
        try (FileLocks.Held _ = locks.exclusive(LOCK)) {
            for (StoredImage image : readable()) {
                if (names.contains(image.reference()) && !image.dropped()) {
                    write(image.withoutBlobs());
                }
            }
        }
    }

    private static int names(Digest manifest, List<StoredImage> all) {
        int names = 0;
        for (StoredImage image : all) {
            names += image.manifest().digest().equals(manifest) ? 1 : 0;
        }
        return names;
    }

    private void write(StoredImage image) {
        byte[] bytes = JsonObject.builder()
                .put("reference", image.reference().toString())
                .put("manifest", image.manifest().toJson())
                .put("chains", chains(image))
                .put("stored", image.stored())
                .putIfPresent("origin", image.origin().map(ImageReference::toString))
                .putIfTrue("dropped", image.dropped())
                .build()
                .toBytes();
        durable.replace(file(image.reference()), bytes);
    }

    /** {@return whether the reference stands for an image} */
    public boolean has(ImageReference reference) {
        return Files.exists(file(reference));
    }

    public Optional<StoredImage> find(ImageReference reference) {
        return read(file(reference));
    }

    /** {@return all, by reference} A damaged record is {@code CORRUPT}. */
    public List<StoredImage> list() {
        return list(damage -> {
            throw damage.reason();
        });
    }

    /** {@return all whose records can be read, by reference} */
    public List<StoredImage> readable() {
        return list(damage -> {});
    }

    /** {@return all whose records cannot be read, by name} */
    public List<Damage> damaged() {
        List<Damage> damaged = new ArrayList<>();
        list(damaged::add);
        damaged.sort(Comparator.comparing(Damage::name));
        return damaged;
    }

    /**
     * A record that cannot be read.
     *
     * @param name of the image, as users write it, as far as the file's name tells
     * @param file the record
     */
    public record Damage(String name, Path file, WherryException reason) {}

    private List<StoredImage> list(Consumer<Damage> damaged) {
        List<StoredImage> out = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return out;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                if (!isRecord(file)) {
                    continue; // it is nobody's
                }
                try {
                    read(file).ifPresent(out::add);
                } catch (WherryException e) {
                    damaged.accept(new Damage(name(file), file, e));
                }
            }
        } catch (IOException e) {
            throw Durable.failure("list", folder, e);
        }
        out.sort(Comparator.comparing(image -> image.reference().toString()));
        return out;
    }

    /** {@return what a name stands for, as the index for other tools has it} That is written behind each record, so that a damaged one can be made again from it. */
    public Optional<Descriptor> indexed(String name) {
        try {
            Index index = Index.parse(Files.readAllBytes(content.folder().resolve("index.json")));
            for (Descriptor manifest : index.manifests()) {
                String reference = manifest.annotations().get(Index.REF_NAME);
                if (reference != null
                        && ImageReference.parse(reference).familiar().equals(name)) {
                    Map<String, String> annotations = new LinkedHashMap<>(manifest.annotations());
                    annotations.remove(Index.REF_NAME);
                    return Optional.of(manifest.withAnnotations(annotations));
                }
            }
        } catch (IOException | WherryException e) {
            // it is damaged, too
        }
        return Optional.empty();
    }

    private static String name(Path file) {
        String text = String.valueOf(file.getFileName());
        text = text.substring(0, text.length() - SUFFIX.length()).replace('%', '/');
        try {
            return ImageReference.parse(text).familiar();
        } catch (WherryException e) {
            return text;
        }
    }

    /** Takes the name away; {@return whether there was one} */
    public boolean remove(ImageReference reference) {
        try (FileLocks.Held _ = locks.exclusive(LOCK)) {
            boolean there = has(reference);
            durable.remove(file(reference));
            if (there) {
                writeIndex();
            }
            return there;
        }
    }

    /** Removes records, and indexes, that were not written to their end. */
    public void removePartial() {
        try (FileLocks.Held _ = locks.exclusive(LOCK)) {
            durable.sweep(folder);
            durable.sweep(content.folder());
        }
    }

    /** {@return the manifest's document} */
    public Manifest manifest(StoredImage image) {
        return Manifest.parse(content.document(image.manifest().digest(), ImageDocument.MAX_BYTES));
    }

    public ImageConfig config(Manifest manifest) {
        return ImageConfig.parse(content.document(manifest.config().digest(), ImageDocument.MAX_BYTES));
    }

    private Path file(ImageReference reference) {
        String name = reference.toString().replace('/', '%'); // `%` is in no reference
        return folder.resolve(
                (name.length() <= LONGEST_NAME ? name : Digest.sha256(name).hex()) + SUFFIX);
    }

    private static JsonArray chains(StoredImage image) {
        List<String> chains = new ArrayList<>();
        for (Digest chain : image.chains()) {
            chains.add(chain.toString());
        }
        return JsonArray.ofStrings(chains);
    }

    private boolean isRecord(Path file) {
        String name = String.valueOf(file.getFileName());
        String text = name.substring(0, name.length() - SUFFIX.length());
        try {
            return Digest.tryParse("sha256:" + text).isPresent()
                    || file(ImageReference.parse(text.replace('%', '/'))).equals(file);
        } catch (WherryException e) {
            return false;
        }
    }

    private Optional<StoredImage> read(Path file) {
        try {
            Fields in = JsonObject.parse(Files.readAllBytes(file)).fields();
            ImageReference reference = ImageReference.parse(in.requiredString("reference"));
            if (!file(reference).equals(file)) {
                throw in.problem("reference", "is another's.");
            }
            Descriptor manifest =
                    Descriptor.fromJson(in.object("manifest").orElseThrow(() -> in.problem("manifest", "is missing.")));
            List<Digest> chains = new ArrayList<>();
            for (String chain : in.strings("chains")) {
                chains.add(Digest.parse(chain));
            }
            return Optional.of(new StoredImage(
                    reference,
                    manifest,
                    chains,
                    in.integer("stored").orElse(0),
                    in.string("origin").map(ImageReference::parse),
                    in.flag("dropped")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        } catch (WherryException e) {
            throw new WherryException(
                    WherryException.Kind.CORRUPT,
                    "The record `" + file + "` of an image is damaged: " + e.getMessage(),
                    "`wherry pull " + name(file) + "` mends it, `wherry rmi -f " + name(file) + "` removes it.",
                    e);
        }
    }

    private void writeIndex() {
        content.prepare();
        List<Descriptor> manifests = new ArrayList<>();
        for (StoredImage image : readable()) {
            Map<String, String> annotations =
                    new LinkedHashMap<>(image.manifest().annotations());
            annotations.put(Index.REF_NAME, image.reference().toString());
            manifests.add(image.manifest().withAnnotations(annotations));
        }
        durable.write(
                content.folder().resolve("index.json"),
                Index.of(manifests, Map.of()).raw());
    }
}
