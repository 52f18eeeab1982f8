package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.Platform;
import io.wherry.oci.PlatformPreference;
import io.wherry.oci.WherryException;
import io.wherry.registry.BlobPosition;
import io.wherry.registry.DockerCredentials;
import io.wherry.registry.ProxyRules;
import io.wherry.registry.RegistryClient;
import io.wherry.registry.RegistryConfig;
import io.wherry.registry.ResolvedManifest;
import io.wherry.store.content.StoredImage;
import io.wherry.store.garbage.Garbage;
import io.wherry.store.layer.Prover;
import io.wherry.store.pull.BlobSource;
import io.wherry.store.pull.Cancellation;
import io.wherry.store.pull.PullProgress;
import io.wherry.store.pull.PullResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The images of a root: looked up, pulled, listed, removed. Safe for several threads. */
final class ImageCatalog {
    private static final int INDEX_DEPTH = 8;

    private final Storage storage;
    private final Prover prover;
    private final Path builtIn;

    /** A catalog; {@code builtIn} is a folder of OCI image layouts that need no network, one a name. */
    ImageCatalog(Storage storage, Launcher launcher, Path builtIn) {
        this.storage = storage;
        this.prover = new DetachedProver(launcher);
        this.builtIn = builtIn;
    }

    /** {@return the image that a name stands for, if it is here; an embedded one is unpacked first} */
    Optional<Image> find(String name) {
        ImageReference reference = ImageReference.parse(name);
        Optional<StoredImage> stored = storage.images().find(reference);
        if (stored.isEmpty()) {
            Path layout = builtIn.resolve(name);
            if (name.indexOf('/') < 0 && Files.isRegularFile(layout.resolve("index.json"))) {
                install(reference, layout);
                stored = storage.images().find(reference);
            }
        }
        return stored.map(this::image);
    }

    private void install(ImageReference reference, Path layout) {
        try {
            Index index = Index.parse(Files.readAllBytes(layout.resolve("index.json")));
            BlobSource blobs = (blob, offset) -> {
                InputStream in = Files.newInputStream(blob(layout, blob));
                in.skipNBytes(offset);
                return in;
            };
            Manifest manifest = Manifest.parse(
                    Files.readAllBytes(blob(layout, index.manifests().get(0))));
            pull(reference, manifest, blobs, PullListener.NONE);
        } catch (IOException e) {
            throw StateFile.failed("read", layout, e);
        }
    }

    private static Path blob(Path layout, Descriptor blob) {
        return blob.digest().in(layout.resolve("blobs"));
    }

    private Image image(StoredImage stored) {
        Manifest manifest = storage.images().manifest(stored);
        ImageConfig config = storage.images().config(manifest);
        long size = manifest.config().size();
        for (Descriptor layer : manifest.layers()) {
            size += layer.size();
        }
        return new Image(
                stored.reference(),
                stored.manifest().digest(),
                manifest.config().digest(),
                stored.stored(),
                size,
                manifest,
                config);
    }

    /** {@return all images, by name} */
    List<Image> list() {
        List<Image> images = new ArrayList<>();
        for (StoredImage stored : storage.images().list()) {
            images.add(image(stored));
        }
        return images;
    }

    /** Pulls an image from its registry. {@return the image; what could not be unpacked here is said in {@code notes}} */
    Image pull(String name, Optional<String> platform, PullListener listener, List<String> notes) {
        ImageReference reference = ImageReference.parse(name);
        RegistryClient client = new RegistryClient(RegistryConfig.DEFAULT
                .withProxies(ProxyRules.of(System.getenv()))
                .withCredentials(DockerCredentials.of(System.getenv())));
        PlatformPreference preference = platform.isPresent()
                ? PlatformPreference.of(Platform.parse(platform.get()))
                : PlatformPreference.host();
        Manifest manifest = select(client, reference, client.resolve(reference), preference);
        checkPlatform(client, reference, manifest, platform, notes);
        // The store proves each blob's digest before it has a name, and an earlier part of it too.
        BlobSource blobs = (blob, offset) ->
                client.blob(reference, blob, BlobPosition.unproved(offset), io.wherry.registry.PullListener.NONE);
        notes.addAll(pull(reference, manifest, blobs, listener).omitted());
        return find(name).orElseThrow();
    }

    /** An image without an index says only in its configuration what it is for. */
    private static void checkPlatform(
            RegistryClient client,
            ImageReference reference,
            Manifest manifest,
            Optional<String> wanted,
            List<String> notes) {
        Platform offered =
                ImageConfig.parse(client.document(reference, manifest.config())).platform();
        Platform asked = wanted.isPresent() ? Platform.parse(wanted.get()) : Platform.host();
        boolean fits = offered.os().equals(asked.os()) && offered.architecture().equals(asked.architecture());
        if (!fits && wanted.isPresent()) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "The image `" + reference.familiar() + "` is for " + offered + "; there is none for " + asked
                            + ".");
        }
        if (!fits) {
            notes.add("The image is for " + offered + ", this host is " + asked + ".");
        }
    }

    private static Manifest select(
            RegistryClient client, ImageReference reference, ResolvedManifest resolved, PlatformPreference preference) {
        ImageDocument document = resolved.document();
        for (int depth = 0; document instanceof Index index; depth++) {
            if (depth == INDEX_DEPTH) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "The index of `" + reference.familiar() + "` is nested more than " + INDEX_DEPTH + " deep.");
            }
            document = client.manifest(reference, index.require(preference, reference.familiar()))
                    .document();
        }
        return (Manifest) document;
    }

    private PullResult pull(ImageReference reference, Manifest manifest, BlobSource blobs, PullListener listener) {
        storage.space().sweep();
        PullResult result =
                storage.puller().pull(reference, manifest, blobs, new Progress(listener), new Cancellation());
        prover.prove(result.unproven());
        return result;
    }

    /** Makes sure that an image's layers are unpacked and can be relied on: after a power cut they may have to be made again from their blobs. */
    void ready(Image image) {
        if (!storage.driver().has(image.config().diffIds())) {
            BlobSource blobs = (blob, offset) -> {
                InputStream in = storage.content().open(blob.digest());
                in.skipNBytes(offset);
                return in;
            };
            pull(image.reference(), image.document(), blobs, PullListener.NONE);
        }
    }

    /** {@return whether there was such a name} */
    boolean remove(String name) {
        return storage.images().remove(ImageReference.parse(name));
    }

    /** Removes blobs and layers that no image and none of these containers needs. */
    void collect(List<List<Digest>> containers) {
        new Garbage(storage.content(), storage.images(), List.of(storage.driver()), storage.space(), storage.locks())
                .collect(containers);
    }

    Storage storage() {
        return storage;
    }

    /** The store's events in the engine's words. */
    private record Progress(PullListener listener) implements PullProgress {
        @Override
        public void present(Descriptor layer) {
            listener.layer(layer.digest().toString(), PullListener.State.PRESENT, layer.size(), layer.size());
        }

        @Override
        public void bytes(Descriptor blob, long done) {
            listener.layer(blob.digest().toString(), PullListener.State.COMING, done, blob.size());
        }

        @Override
        public void unpacked(Descriptor layer) {
            listener.layer(layer.digest().toString(), PullListener.State.UNPACKED, layer.size(), layer.size());
        }
    }
}
