package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.WherryException;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.disk.Reserve;
import io.wherry.store.garbage.Garbage;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.LayerDriver;
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
import java.util.function.Consumer;

/** The images of a root: looked up, named, listed, removed. Where they come from is {@link RegistryPull}'s business. Safe for several threads. */
final class ImageCatalog {
    private final Storage storage;
    private final Prover prover;
    private final Path builtIn;

    /** A catalog; {@code builtIn} is a folder of OCI image layouts that need no network, one a name. */
    ImageCatalog(Storage storage, Launcher launcher, Path builtIn) {
        this.storage = storage;
        this.prover = new DetachedProver(launcher);
        this.builtIn = builtIn;
    }

    /** {@return the image that a name, an id or the beginning of an id stands for, if it is here; an embedded one is unpacked first} */
    Optional<Image> find(String name) {
        if (isId(name)) {
            return ImageIds.find(name, storage.images()).map(this::image);
        }
        ImageReference reference = ImageReference.parse(name);
        Optional<StoredImage> stored = storage.images().find(reference);
        if (stored.isEmpty() && isBuiltIn(name)) {
            install(reference, builtIn.resolve(name));
            stored = storage.images().find(reference);
        }
        if (stored.isEmpty()) {
            stored = ImageIds.find(name, storage.images());
        }
        return stored.isEmpty() ? Optional.empty() : Optional.of(whole(stored.get()));
    }

    private Image whole(StoredImage stored) {
        try {
            return image(stored);
        } catch (WherryException e) {
            String name = stored.reference().familiar();
            throw new WherryException(
                    WherryException.Kind.CORRUPT,
                    "The image `" + name + "` is damaged: " + e.getMessage(),
                    "`wherry pull " + name + "` mends it, `wherry rmi -f " + name + "` removes it.",
                    e);
        }
    }

    /**
     * {@return the image that a name stands for}
     *
     * @throws WherryException of kind NOT_FOUND if it is not here
     */
    Image named(String name) {
        return find(name).orElseThrow(() -> none(name));
    }

    /** {@return what to say of an image that is not here} */
    static WherryException none(String name) {
        return new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no image `" + name + "` here.",
                "`wherry images` lists those that are; `wherry pull " + name + "` brings it.");
    }

    /** {@return whether a name or an id stands for an image that is here or embedded} Under a name its documents are not read. */
    boolean has(String name) {
        boolean named = !isId(name) && (storage.images().has(ImageReference.parse(name)) || isBuiltIn(name));
        return named || ImageIds.find(name, storage.images()).isPresent();
    }

    /** Whole: what is shorter may be a name. */
    private static boolean isId(String name) {
        return name.length() >= ImageIds.WHOLE && ImageIds.isWhole(name);
    }

    private boolean isBuiltIn(String name) {
        return name.indexOf('/') < 0
                && Files.isRegularFile(builtIn.resolve(name).resolve("index.json"));
    }

    private void install(ImageReference reference, Path layout) {
        RegistryPull.Found found = embedded(reference, layout);
        arrive(reference, found.manifest(), found.blobs(), PullListener.NONE);
    }

    /**
     * {@return where what is missing of an image that is here can come from}
     *
     * @param manifest what its name stands for here
     * @param known its document, if it is not damaged
     */
    RegistryPull.Found origin(ImageReference name, Descriptor manifest, Optional<Manifest> known) {
        if (isBuiltIn(name.familiarName())) {
            RegistryPull.Found embedded = embedded(name, builtIn.resolve(name.familiarName()));
            if (embedded.manifest().digest().equals(manifest.digest())) {
                return embedded;
            }
        }
        return RegistryPull.again(name, manifest, known);
    }

    /** {@return the embedded image of a name} */
    Optional<RegistryPull.Found> embedded(String name) {
        return isBuiltIn(name)
                ? Optional.of(embedded(ImageReference.parse(name), builtIn.resolve(name)))
                : Optional.empty();
    }

    private static RegistryPull.Found embedded(ImageReference reference, Path layout) {
        try {
            Index index = Index.parse(Files.readAllBytes(layout.resolve("index.json")));
            BlobSource blobs = (blob, offset) -> {
                InputStream in = Files.newInputStream(blob(layout, blob));
                in.skipNBytes(offset);
                return in;
            };
            Manifest manifest = Manifest.parse(
                    Files.readAllBytes(blob(layout, index.manifests().get(0))));
            return new RegistryPull.Found(reference, manifest, blobs);
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
        List<Digest> chains = stored.chains();
        if (chains.size() != config.diffIds().size()) {
            chains = ChainId.of(config.diffIds()); // a record of an earlier build, which did not keep them
        }
        long size = manifest.config().size();
        for (Descriptor layer : manifest.layers()) {
            size += layer.size();
        }
        return new Image(
                stored.reference(),
                stored.manifest().digest(),
                manifest.config().digest(),
                chains,
                stored.stored(),
                size,
                manifest,
                config,
                stored.origin(),
                stored.dropped());
    }

    /** {@return all images that are not damaged, by name} */
    List<Image> list() {
        List<Image> images = new ArrayList<>();
        list(images, new ArrayList<>());
        return images;
    }

    /** {@return all images whose record, manifest or configuration cannot be read} */
    List<DamagedImage> damaged() {
        List<DamagedImage> damaged = new ArrayList<>();
        list(new ArrayList<>(), damaged);
        return damaged;
    }

    private void list(List<Image> whole, List<DamagedImage> damaged) {
        for (StoredImage stored : storage.images().readable()) {
            try {
                whole.add(image(stored));
            } catch (WherryException e) {
                damaged.add(new DamagedImage(stored.reference().familiar(), e.getMessage()));
            }
        }
        for (Images.Damage damage : storage.images().damaged()) {
            damaged.add(new DamagedImage(damage.name(), damage.reason().getMessage()));
        }
    }

    /** Brings in what is missing of an image and names it. */
    PullResult arrive(ImageReference reference, Manifest manifest, BlobSource blobs, PullListener listener) {
        return arrive(storage.drivers().usual(), reference, manifest, blobs, listener);
    }

    private PullResult arrive(
            LayerDriver driver, ImageReference reference, Manifest manifest, BlobSource blobs, PullListener listener) {
        storage.space().sweep();
        new Reserve(storage.space().root()).keep();
        PullResult result =
                storage.puller(driver).pull(reference, manifest, blobs, new Progress(listener), new Cancellation());
        prover.prove(result.unproven());
        return result;
    }

    /** {@return its steps, the last one first; each that made a layer takes the next of them} */
    List<ImageHistory> history(Image image) {
        List<ImageHistory> steps = new ArrayList<>();
        int layer = 0;
        for (ImageConfig.History step : image.config().history()) {
            boolean made = !step.emptyLayer() && layer < image.chains().size();
            long size = made ? storage.drivers().usual().usage(image.chains().get(layer++)) : 0;
            steps.add(new ImageHistory(
                    step.created().orElse(""),
                    step.createdBy().orElse(""),
                    step.comment().orElse(""),
                    size));
        }
        return steps.reversed();
    }

    /** Makes sure that an image's layers are unpacked and can be relied on: after a power cut they may have to be made again from their blobs. */
    void ready(Image image, LayerDriver driver) {
        if (!driver.has(image.chains())) {
            fetching(image, from -> arrive(driver, image.reference(), image.document(), from, PullListener.NONE));
        }
    }

    /** {@return the folders of an image's layers, made ready, the uppermost first; one, where the storage driver keeps them as one tree} */
    List<Path> layers(Image image) {
        LayerDriver driver = storage.drivers().usual();
        ready(image, driver);
        return driver.mount(Path.of("/"), image.chains()).layers(); // of no container
    }

    /** Brings back those of an image's blobs that were dropped here. */
    void complete(Image image) {
        if (image.dropped()) {
            Progress silent = new Progress(PullListener.NONE);
            fetching(
                    image,
                    from -> storage.puller(storage.drivers().usual())
                            .pullWhole(image.reference(), image.document(), from, silent, new Cancellation()));
        }
    }

    /** Brings what is not stored of an image, or not as it was, from where it was pulled, if it was. */
    private static void fetching(Image image, Consumer<BlobSource> work) {
        String name = image.reference().familiar();
        try {
            work.accept(image.origin()
                    .map(from -> RegistryPull.again(from, image.document().descriptor(), Optional.of(image.document()))
                            .blobs())
                    .orElse((blob, offset) -> {
                        throw new WherryException(
                                WherryException.Kind.CORRUPT,
                                "The image `" + name + "` must be unpacked again, and its blob " + blob.digest()
                                        + " is missing or damaged.",
                                "`wherry pull " + name + "` brings it again.");
                    }));
        } catch (WherryException e) {
            if (!image.dropped()) {
                throw e;
            }
            throw new WherryException(
                    e.kind(),
                    "The image `" + name + "` needs blobs that were dropped here: " + e.getMessage(),
                    e.hint().orElse(null),
                    e);
        }
    }

    /** Gives an image one name more, which stood for something else until now, or for nothing. */
    void name(Image image, ImageReference name) {
        try (FileLocks.Held _ = storage.content().keep()) {
            long now = System.currentTimeMillis() / 1000;
            storage.images()
                    .put(new StoredImage(
                            name, image.document().descriptor(), image.chains(), now, image.origin(), image.dropped()));
        }
    }

    /** {@return whether there was such a name} */
    boolean remove(ImageReference name) {
        return storage.images().remove(name);
    }

    /**
     * Removes blobs and layers that no image and none of these containers needs, for who is alone. {@return what was removed}
     *
     * @throws WherryException if an image is damaged, so that nobody knows what it needs; then nothing is removed
     */
    Garbage.Collected collect(List<List<Digest>> containers) {
        return new Garbage(
                        storage.content(), storage.images(), storage.drivers().all(), storage.space())
                .collect(containers);
    }

    Storage storage() {
        return storage;
    }

    /** The store's events in the engine's words. */
    record Progress(PullListener listener) implements PullProgress {
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
