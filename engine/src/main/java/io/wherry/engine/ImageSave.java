package io.wherry.engine;

import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.store.archive.ArchiveFormat;
import io.wherry.store.archive.ArchivedImage;
import io.wherry.store.archive.ImageArchiveWriter;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Saves images of this root in an archive. What is asked by names has these names there; what is asked by an id has none. All is looked up, and its blobs found, before anything is written.
 */
public final class ImageSave {
    private final ImageCatalog images;
    private final List<String> words;

    ImageSave(ImageCatalog images, List<String> words) {
        this.images = images;
        this.words = List.copyOf(words);
    }

    /** Writes an archive. The stream stays the caller's; what it throws is thrown. */
    public void write(ArchiveFormat format, OutputStream out) throws IOException {
        try (FileLocks.Held _ = images.storage().content().keep()) {
            ImageArchiveWriter writer = new ImageArchiveWriter(images.storage().content());
            List<ArchivedImage> chosen = chosen();
            writer.require(chosen);
            writer.write(chosen, format, out);
        }
    }

    /** Writes an OCI image layout into a new folder, which has its name when it is whole. */
    public void write(Path folder) {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new WherryException(
                    WherryException.Kind.ALREADY_EXISTS,
                    "`" + folder + "` is there already, and nothing is saved over what is there.",
                    "Name another folder, or remove this one first.");
        }
        Path begun = folder.resolveSibling("." + folder.getFileName() + Durable.temporaryName());
        try (FileLocks.Held _ = images.storage().content().keep()) {
            ImageArchiveWriter writer = new ImageArchiveWriter(images.storage().content());
            List<ArchivedImage> chosen = chosen();
            writer.require(chosen);
            Files.createDirectory(begun);
            writer.write(chosen, begun);
            Files.move(begun, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw StateFile.failed("write", folder, e);
        } finally {
            remove(begun);
        }
    }

    private List<ArchivedImage> chosen() {
        Map<Digest, ArchivedImage> chosen = new LinkedHashMap<>();
        for (String word : words) {
            Image image = images.named(word);
            images.complete(image);
            ArchivedImage before = chosen.get(image.manifest());
            List<ImageReference> names = new ArrayList<>(before == null ? List.of() : before.names());
            if (isName(word, image) && !names.contains(image.reference())) {
                names.add(image.reference());
            }
            chosen.put(image.manifest(), new ArchivedImage(names, image.document(), image.config()));
        }
        return List.copyOf(chosen.values());
    }

    private static boolean isName(String word, Image image) {
        return !image.reference().isUnnamed()
                && !ImageIds.isWhole(word)
                && ImageReference.parse(word).equals(image.reference());
    }

    private static void remove(Path begun) {
        if (!Files.exists(begun, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> below = Files.walk(begun)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw StateFile.failed("remove", begun, e);
        }
    }
}
