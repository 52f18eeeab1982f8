package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.compress.Decompression;
import io.wherry.store.content.ContentStore;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.ImageUnpacking;
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
import java.util.function.Function;

/** The blobs of images into a content store, and their files into whatever unpacks them, in one pass. Every digest is checked. Safe for use by several threads and processes. */
public final class ImageBlobs {
    private final ContentStore content;
    private final int parallel;
    private final long layerBytes;

    /**
     * Into this.
     *
     * @param parallel how many layers at once, where the unpacking can
     * @param layerBytes what one layer may unpack to, in bytes
     */
    public ImageBlobs(ContentStore content, int parallel, long layerBytes) {
        this.content = content;
        this.parallel = parallel;
        this.layerBytes = layerBytes;
    }

    /**
     * What was brought.
     *
     * @param chains of its layers, the lowest first
     * @param omitted sentences about what could not be unpacked here, each once
     */
    public record Brought(ImageConfig config, List<Digest> chains, List<String> omitted) {
        /** Copies the lists. */
        public Brought {
            chains = List.copyOf(chains);
            omitted = List.copyOf(omitted);
        }
    }

    /**
     * Brings what is not there and unpacks what is wanted, up to and with {@link ImageUnpacking#publish}.
     *
     * @param name how its user calls the image
     * @param manifest its digest verified by the caller
     * @param sparing whether blobs that are not here are fetched only to be unpacked
     * @param into makes what unpacks these chains; closed here
     */
    public Brought bring(
            String name,
            Manifest manifest,
            BlobSource source,
            boolean sparing,
            Function<List<Digest>, ImageUnpacking> into,
            PullProgress progress,
            Cancellation cancellation) {
        ImageConfig config = config(manifest, source);
        List<Digest> diffIds = config.diffIds();
        List<Digest> chains = ChainId.of(diffIds);
        check(manifest, diffIds);
        try (ImageUnpacking unpacking = into.apply(chains)) {
            LayerPull one = new LayerPull(content, source, unpacking, progress, cancellation, layerBytes, sparing);
            layers(manifest.layers(), diffIds, one, unpacking.inParallel() ? parallel : 1, cancellation);
            return new Brought(config, chains, unpacking.publish(stored(manifest.layers(), cancellation)));
        } catch (IOException e) {
            throw new WherryException(Kind.UNAVAILABLE, "Cannot unpack `" + name + "`: " + e.getMessage() + ".", e);
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
        if (!content.has(wanted) || !content.isWhole(wanted.digest())) {
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
