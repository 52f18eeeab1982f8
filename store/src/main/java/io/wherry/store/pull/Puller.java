package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.ImageUnpacking;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.LayerSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Pulls images (see the package). Safe for use by several threads and processes, for one image too: who comes second waits, layer by layer, and finds it done.
 */
public final class Puller {
    /** Held shared by every pull; garbage collection takes it alone. */
    static final String STORE_LOCK = "store";

    private final ContentStore content;
    private final Images images;
    private final LayerDriver driver;
    private final FileLocks locks;
    private final int parallel;
    private final long layerBytes;

    /**
     * Pulls into these.
     *
     * @param parallel how many layers at once, where the driver can
     * @param layerBytes what one layer may unpack to, in bytes
     */
    public Puller(
            ContentStore content, Images images, LayerDriver driver, FileLocks locks, int parallel, long layerBytes) {
        this.content = content;
        this.images = images;
        this.driver = driver;
        this.locks = locks;
        this.parallel = parallel;
        this.layerBytes = layerBytes;
    }

    /**
     * Brings the image in and gives it its name; what is there already is not fetched again. On an exception the name stands for what it stood for before.
     *
     * @param manifest the image's manifest, its digest verified by the caller
     */
    public PullResult pull(
            ImageReference name,
            Manifest manifest,
            BlobSource source,
            PullProgress progress,
            Cancellation cancellation) {
        try (FileLocks.Held _ = locks.shared(STORE_LOCK)) {
            ImageConfig config = config(manifest, source);
            List<Digest> diffIds = config.diffIds();
            List<Digest> chains = ChainId.of(diffIds);
            check(manifest, diffIds);
            List<String> omitted;
            try (ImageUnpacking unpacking = driver.unpack(chains)) {
                LayerPull one = new LayerPull(content, source, unpacking, progress, cancellation, layerBytes);
                layers(manifest.layers(), diffIds, one, unpacking.inParallel() ? parallel : 1, cancellation);
                omitted = unpacking.publish(stored(manifest.layers(), cancellation));
            } catch (IOException e) {
                throw new WherryException(
                        Kind.UNAVAILABLE, "Cannot unpack `" + name.familiar() + "`: " + e.getMessage() + ".", e);
            }
            content.put(manifest.digest(), manifest.raw());
            Descriptor descriptor = new Descriptor(manifest.mediaType(), manifest.digest(), manifest.raw().length);
            images.put(new StoredImage(name, descriptor, chains, System.currentTimeMillis() / 1000));
            return new PullResult(manifest, config, omitted, driver.unproven(chains));
        }
    }

    private ImageConfig config(Manifest manifest, BlobSource source) {
        Descriptor wanted = manifest.config();
        if (wanted.size() > ImageDocument.MAX_BYTES) {
            throw new WherryException(
                    Kind.INVALID,
                    "The image's configuration has " + wanted.size() + " bytes, at most " + ImageDocument.MAX_BYTES
                            + " are accepted.");
        }
        if (!content.has(wanted.digest())) {
            try (InputStream in = source.open(wanted, 0)) {
                byte[] bytes = in.readNBytes((int) wanted.size() + 1);
                if (bytes.length != wanted.size()) {
                    throw new WherryException(
                            Kind.CORRUPT,
                            "The image's configuration " + wanted.digest() + " has not its " + wanted.size()
                                    + " bytes.");
                }
                content.put(wanted.digest(), bytes);
            } catch (IOException e) {
                throw new WherryException(
                        Kind.UNAVAILABLE, "Cannot read the image's configuration: " + e.getMessage() + ".", e);
            }
        }
        return ImageConfig.parse(content.read(wanted.digest(), ImageDocument.MAX_BYTES));
    }

    private static void check(Manifest manifest, List<Digest> diffIds) {
        if (manifest.layers().size() != diffIds.size()) {
            throw new WherryException(
                    Kind.INVALID,
                    "The image has " + manifest.layers().size() + " layers, its configuration names " + diffIds.size()
                            + ".");
        }
        for (Descriptor layer : manifest.layers()) {
            if (!MediaType.isLayer(layer.mediaType())) {
                throw new WherryException(
                        Kind.UNSUPPORTED,
                        "The layer " + layer.digest() + " is of the type `" + layer.mediaType()
                                + "`, which cannot be unpacked.");
            }
        }
    }

    private static void layers(
            List<Descriptor> layers, List<Digest> diffIds, LayerPull one, int parallel, Cancellation cancellation) {
        Semaphore turns = new Semaphore(Math.max(1, parallel));
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("wherry-layer-", 0).daemon().factory())) {
            for (int i = 0; i < layers.size(); i++) {
                turns.acquireUninterruptibly(); // In order: with one turn, each layer ends before the next begins.
                if (cancellation.isCancelled()) {
                    break;
                }
                int index = i;
                running.add(threads.submit(() -> {
                    try {
                        one.run(index, layers.get(index), diffIds.get(index));
                    } catch (RuntimeException | Error e) {
                        cancellation.cancel();
                        throw e;
                    } finally {
                        turns.release();
                    }
                }));
            }
            await(running);
        }
        if (cancellation.isCancelled()) {
            throw new WherryException(Kind.INTERRUPTED, "The pull was ended.");
        }
    }

    /** Waits for all; the first failure that is not the echo of another is thrown. */
    private static void await(List<Future<?>> running) {
        RuntimeException failure = null;
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                RuntimeException found =
                        e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
                boolean echo = found instanceof WherryException w && w.kind() == Kind.INTERRUPTED;
                if (failure == null
                        || (failure instanceof WherryException f && f.kind() == Kind.INTERRUPTED && !echo)) {
                    failure = found;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new WherryException(Kind.INTERRUPTED, "The pull was ended.", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private LayerSource stored(List<Descriptor> layers, Cancellation cancellation) {
        return index -> Decompression.open(
                cancellation.watch(content.open(layers.get(index).digest())));
    }
}
