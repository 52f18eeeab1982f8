package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Manifest;
import io.wherry.oci.Platform;
import io.wherry.oci.PlatformPreference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.disk.Durable;
import io.wherry.store.layer.StoreSpace;
import io.wherry.store.pull.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An archive of images that is open (see the package). For one thread, but {@link #blobs}. Closing it removes what was put aside; blobs must be kept from being collected as long as it is open.
 */
public final class ImageArchive implements AutoCloseable {
    private final ArchiveFiles files;
    private final ContentStore content;

    private ImageArchive(ArchiveFiles files, ContentStore content) {
        this.files = files;
        this.content = content;
    }

    /**
     * Opens a file, or a folder that is an OCI image layout.
     *
     * @param content where its images are to go
     */
    public static ImageArchive open(Path archive, StoreSpace space, ContentStore content) {
        if (Files.isDirectory(archive)) {
            return new ImageArchive(new LayoutFolder(archive), content);
        }
        try (InputStream in = Files.newInputStream(archive)) {
            return read(in, space, content);
        } catch (NoSuchFileException e) {
            throw new WherryException(Kind.NOT_FOUND, "There is no file `" + archive + "` to load from.", e);
        } catch (IOException e) {
            throw Durable.failure("read", archive, e);
        }
    }

    /** Reads an archive to its end, compressed or not. The stream stays the caller's. */
    public static ImageArchive read(InputStream archive, StoreSpace space, ContentStore content) {
        try {
            return new ImageArchive(StagedArchive.read(Decompression.open(archive), space, content), content);
        } catch (IOException e) {
            throw new WherryException(Kind.CORRUPT, "The archive cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * {@return the images in the order of the archive, all their blobs there; at least one}
     *
     * @param wanted only those for this platform, and of an index the one for it; absent: all, and of an index the one for this host
     */
    public List<ArchivedImage> images(Optional<Platform> wanted) {
        PlatformPreference preference =
                wanted.isPresent() ? PlatformPreference.of(wanted.get()) : PlatformPreference.host();
        List<ArchivedImage> suiting = new ArrayList<>();
        Set<String> offered = new LinkedHashSet<>();
        for (ArchivedImage image : all(preference, wanted.isEmpty())) {
            Platform platform = image.config().platform();
            offered.add(platform.toString());
            if (wanted.isEmpty() || suits(platform, wanted.get())) {
                suiting.add(image);
            }
        }
        if (suiting.isEmpty()) {
            throw new WherryException(
                    Kind.NOT_FOUND,
                    "The archive has no image" + (wanted.isPresent() ? " for " + wanted.get() : "") + ".",
                    offered.isEmpty() ? null : "It has images for " + String.join(", ", offered) + ".",
                    null);
        }
        for (ArchivedImage image : suiting) {
            for (Descriptor layer : image.manifest().layers()) {
                files.require(layer);
            }
        }
        return suiting;
    }

    private static boolean suits(Platform platform, Platform wanted) {
        return platform.os().equals(wanted.os()) && platform.architecture().equals(wanted.architecture());
    }

    /** Newer archives of Docker's have both forms; digests of manifests are in the layout only. */
    private List<ArchivedImage> all(PlatformPreference preference, boolean any) {
        if (files.has(LayoutImages.INDEX)) {
            return LayoutImages.images(files, preference, any);
        }
        if (files.has(DockerArchive.MANIFEST)) {
            return DockerArchive.images(files);
        }
        throw new WherryException(
                Kind.INVALID,
                files.has(DockerArchive.REPOSITORIES)
                        ? "The archive was written by Docker before 1.10: it has `repositories`, and no manifest.json."
                        : "This is no archive of images: it has neither manifest.json nor index.json.",
                "`docker save`, `podman save`, `skopeo copy` write such archives; `wherry import` takes the files of a root.");
    }

    /** {@return where the blobs of all images are} */
    public BlobSource blobs() {
        return files::open;
    }

    /** Makes ready what a pull of this image asks for. */
    public void offer(Manifest manifest) {
        for (Descriptor layer : manifest.layers()) {
            files.offer(layer, content);
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
