package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.WherryException;
import io.wherry.registry.BlobContent;
import io.wherry.registry.Pushed;
import io.wherry.registry.RegistryPusher;
import io.wherry.store.content.ContentStore;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Brings images to registries: their blobs as they are stored, a few at once, then the manifest. Nothing is written here, and no blob is removed meanwhile. */
public final class RegistryPush {
    private static final int AT_ONCE = 4;

    private final ImageCatalog images;
    private final ImageEvents events;

    RegistryPush(ImageCatalog images, ImageEvents events) {
        this.images = images;
        this.events = events;
    }

    /**
     * An image that a registry has now.
     *
     * @param digest of its manifest, the same here and there
     * @param size bytes of its manifest
     */
    public record Done(ImageReference reference, Digest digest, long size) {}

    /** Pushes an image; what was left out is said in {@code notes}. */
    Done push(Image image, PushListener listener, List<String> notes) {
        ImageReference reference = image.reference();
        Manifest manifest = image.document();
        try (FileLocks.Held _ = images.storage().content().keep()) {
            List<Descriptor> blobs = blobs(image, notes);
            RegistryPusher pusher = new RegistryPusher(RegistrySettings.ofCaller());
            send(pusher, image, blobs, listener);
            pusher.manifest(reference, manifest, io.wherry.registry.PushListener.NONE);
        }
        events.pushed(reference);
        return new Done(reference, manifest.digest(), manifest.raw().length);
    }

    /** {@return each blob that the registry must have, once; all of them are here, but for those that were dropped} */
    private List<Descriptor> blobs(Image image, List<String> notes) {
        Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
        ContentStore content = images.storage().content();
        for (Descriptor layer : image.document().layers()) {
            if (MediaType.isForeignLayer(layer.mediaType())) {
                notes.add("The layer " + layer.digest().shortHex()
                        + " may not be passed on, says its publisher; it was not sent.");
            } else {
                blobs.put(layer.digest(), layer);
            }
        }
        blobs.put(image.document().config().digest(), image.document().config());
        for (Descriptor blob : blobs.values()) {
            boolean dropped = image.dropped() && !content.has(blob.digest()); // fetched if the registry lacks it
            if (!dropped && !content.has(blob)) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "Cannot push `" + image.reference().familiar() + "`: its blob " + blob.digest()
                                + " is not here with its " + blob.size() + " bytes.",
                        "Pull the image again.");
            }
        }
        return new ArrayList<>(blobs.values());
    }

    /** Ends with the first failure; what is on its way then is given up. */
    private void send(RegistryPusher pusher, Image image, List<Descriptor> blobs, PushListener listener) {
        Map<Digest, String> elsewhere = elsewhere(image.reference());
        ExecutorService threads = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofVirtual().name("wherry-push-", 0).factory());
        try {
            CompletionService<Pushed> ends = new ExecutorCompletionService<>(threads);
            for (Descriptor blob : blobs) {
                ends.submit(
                        () -> send(pusher, image, blob, Optional.ofNullable(elsewhere.get(blob.digest())), listener));
            }
            for (int i = 0; i < blobs.size(); i++) {
                await(ends.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The push was ended.", e);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static void await(Future<Pushed> end) throws InterruptedException {
        try {
            end.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException found ? found : new IllegalStateException(e.getCause());
        }
    }

    private Pushed send(
            RegistryPusher pusher, Image image, Descriptor blob, Optional<String> from, PushListener listener) {
        String layer = blob.digest().toString();
        io.wherry.registry.PushListener heard = new io.wherry.registry.PushListener() {
            @Override
            public void sent(Descriptor each, long position) {
                listener.layer(layer, PushListener.State.GOING, position, each.size());
            }
        };
        Pushed pushed = pusher.blob(image.reference(), blob, content(image, blob), from, heard);
        PushListener.State state = switch (pushed) {
            case PRESENT -> PushListener.State.PRESENT;
            case MOUNTED -> PushListener.State.MOUNTED;
            case SENT -> PushListener.State.SENT;
        };
        listener.layer(layer, state, blob.size(), blob.size());
        return pushed;
    }

    /** One thread brings all that was dropped; the others find theirs here. */
    private synchronized void bring(Image image, Descriptor blob) {
        if (!images.storage().content().has(blob.digest())) {
            images.complete(image);
        }
    }

    private BlobContent content(Image image, Descriptor blob) {
        ContentStore content = images.storage().content();
        return offset -> {
            bring(image, blob);
            InputStream in = content.open(blob.digest());
            try {
                in.skipNBytes(offset);
                return in;
            } catch (IOException e) {
                in.close();
                throw e;
            }
        };
    }

    /** {@return by blob, another repository of the same registry that has it, as far as the names of images here tell} */
    private Map<Digest, String> elsewhere(ImageReference to) {
        Map<Digest, String> repositories = new LinkedHashMap<>();
        for (Image other : images.list()) {
            for (ImageReference name : List.of(other.reference(), other.origin().orElse(other.reference()))) {
                if (name.registry().equals(to.registry()) && !name.repository().equals(to.repository())) {
                    for (Descriptor layer : other.document().layers()) {
                        repositories.putIfAbsent(layer.digest(), name.repository());
                    }
                    repositories.putIfAbsent(other.document().config().digest(), name.repository());
                }
            }
        }
        return repositories;
    }
}
