package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.WherryException;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.ImageUnpacking;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.unpack.UnpackLimits;
import java.util.List;
import java.util.Optional;

/**
 * Pulls images (see the package). Safe for use by several threads and processes, for one image too: who comes second waits, layer by layer, and finds it done.
 */
public final class Puller {
    private final ContentStore content;
    private final Images images;
    private final LayerDriver driver;
    private final ImageBlobs blobs;

    /**
     * Pulls into these.
     *
     * @param parallel how many layers at once, where the driver can
     * @param layerBytes what one layer may unpack to, in bytes
     */
    public Puller(ContentStore content, Images images, LayerDriver driver, int parallel, long layerBytes) {
        this.content = content;
        this.images = images;
        this.driver = driver;
        this.blobs = new ImageBlobs(content, parallel, layerBytes);
    }

    /**
     * Brings the image in and gives it its name; what is there already is not fetched again, and neither are blobs that were dropped on purpose and that nothing needs. On an exception the name stands for what it stood for before.
     *
     * @param manifest the image's manifest, its digest verified by the caller
     */
    public PullResult pull(
            ImageReference name,
            Manifest manifest,
            BlobSource source,
            PullProgress progress,
            Cancellation cancellation) {
        return pull(name, manifest, source, false, progress, cancellation);
    }

    /** The same with all blobs, also those that were dropped. */
    public PullResult pullWhole(
            ImageReference name,
            Manifest manifest,
            BlobSource source,
            PullProgress progress,
            Cancellation cancellation) {
        return pull(name, manifest, source, true, progress, cancellation);
    }

    private PullResult pull(
            ImageReference name,
            Manifest manifest,
            BlobSource source,
            boolean whole,
            PullProgress progress,
            Cancellation cancellation) {
        try (FileLocks.Held _ = content.keep()) {
            // Before its layers: behind them an fsync waits for all their files.
            content.put(manifest.digest(), manifest.raw());
            Optional<StoredImage> before = before(name, manifest);
            boolean sparing = !whole && before.isPresent() && before.get().dropped();
            ImageBlobs.Brought brought = blobs.bring(
                    name.familiar(),
                    manifest,
                    source,
                    sparing,
                    chains -> unpacking(name, manifest, chains, sparing),
                    progress,
                    cancellation);
            images.put(new StoredImage(
                    name,
                    new Descriptor(manifest.mediaType(), manifest.digest(), manifest.raw().length),
                    brought.chains(),
                    System.currentTimeMillis() / 1000,
                    source.origin().or(() -> before.flatMap(StoredImage::origin)),
                    sparing));
            return new PullResult(manifest, brought.config(), brought.omitted(), driver.unproven(brought.chains()));
        }
    }

    private Optional<StoredImage> before(ImageReference name, Manifest manifest) {
        try {
            return images.find(name).filter(image -> image.manifest().digest().equals(manifest.digest()));
        } catch (WherryException e) {
            return Optional.empty(); // it is damaged, and made anew
        }
    }

    /** What is known to be too much is not begun. How large files are only their archive tells: here they count as if they were not compressed. */
    private ImageUnpacking unpacking(ImageReference name, Manifest manifest, List<Digest> chains, boolean sparing) {
        ImageUnpacking unpacking = driver.unpack(chains);
        try {
            long bytes = 0;
            for (int i = 0; i < manifest.layers().size(); i++) {
                Descriptor layer = manifest.layers().get(i);
                boolean needed = unpacking.needs(i);
                bytes += (needed || !sparing ? content.missing(layer) : 0) + (needed ? layer.size() : 0);
            }
            if (bytes > 0) {
                content.requireRoom("The image `" + name.familiar() + "`", bytes, UnpackLimits.DEFAULT.reserve());
            }
            return unpacking;
        } catch (RuntimeException e) {
            unpacking.close();
            throw e;
        }
    }
}
