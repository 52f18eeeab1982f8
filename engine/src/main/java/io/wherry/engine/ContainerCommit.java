package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.store.archive.Staging;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.RootfsMount;
import io.wherry.store.pull.BlobSource;
import io.wherry.store.tree.ChangedLayer;
import io.wherry.store.tree.ContainerChanges;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes an image of a container: its image's layers and one with its changes; or of a plain folder: one layer with all that is in it. Of one that cannot be made nothing is left. */
final class ContainerCommit {
    private final ImageCatalog images;
    private final ImageRemoval removal;
    private final Storage storage;

    ContainerCommit(ImageCatalog images, ImageRemoval removal) {
        this.images = images;
        this.removal = removal;
        this.storage = images.storage();
    }

    /**
     * What the new image stands on.
     *
     * @param below its document goes on in the new one; for a folder it has no layers
     * @param config how the new image is to be run
     * @param command what made the changes
     */
    record Base(ImageConfig below, List<Descriptor> layers, JsonObject config, String command) {
        /** A folder's: nothing is below its tree. */
        static Base of(ExecutionDefaults folder, Platform platform) {
            ImageConfig below = ImageConfig.of(platform, folder, List.of(), List.of());
            return new Base(below, List.of(), folder.toJson(), "");
        }
    }

    /**
     * {@return the new image, which can be run at once}
     *
     * @param from asked for when no blob can be removed any more
     * @param stillness begins when it is asked for
     * @param notes receives sentences about what the image lacks
     */
    Image commit(
            Supplier<Base> from,
            CommitSpec spec,
            RootfsMount root,
            ContainerChanges changes,
            Supplier<Stillness> stillness,
            List<String> notes) {
        long second = spec.epoch().orElse(System.currentTimeMillis() / 1000);
        Optional<ImageReference> name = spec.name().map(ImageReference::parse);
        if (name.isPresent() && name.get().digest().isPresent()) {
            throw ConfigCompiler.invalid("An image is named by a tag, and not by its digest: `"
                    + spec.name().get() + "`.");
        }
        storage.space().sweep();
        try {
            return commit(from, spec, name, second, root, changes, stillness, notes);
        } catch (WherryException e) {
            removal.collectAfter(e);
            throw e;
        }
    }

    private Image commit(
            Supplier<Base> from,
            CommitSpec spec,
            Optional<ImageReference> name,
            long second,
            RootfsMount root,
            ContainerChanges changes,
            Supplier<Stillness> stillness,
            List<String> notes) {
        try (FileLocks.Held _ = storage.content().keep();
                Staging staging = new Staging(storage.space())) {
            Base base = from.get();
            CommittedConfig.check(base.below(), spec, second); // a mistake is told before anything is read
            ChangedLayer layer;
            try (Stillness _ = stillness.get()) {
                layer = ChangedLayer.write(
                        changes,
                        root.view(),
                        storage.space().pilots(),
                        staging,
                        spec.epoch().orElse(Long.MAX_VALUE));
            }
            note(layer, notes);
            if (!storage.content().has(layer.blob().digest())) {
                storage.content().offer(layer.blob(), layer.file());
            }
            List<Descriptor> layers = new ArrayList<>(base.layers());
            layers.add(layer.blob());
            ImageConfig config = CommittedConfig.of(base, spec, layer.diffId(), second);
            storage.content().put(config.digest(), config.raw());
            Manifest manifest = Manifest.of(
                    new Descriptor(MediaType.OCI_CONFIG, config.digest(), config.raw().length), layers, Map.of());
            ImageReference kept = name.orElse(ImageReference.unnamed(manifest.digest()));
            notes.addAll(
                    images.arrive(kept, manifest, blobs(), PullListener.NONE).omitted());
            return images.named(kept.toString());
        } catch (IOException e) {
            throw StateFile.failed("write a layer in", storage.space().root(), e);
        }
    }

    private BlobSource blobs() {
        return (blob, offset) -> {
            InputStream in = storage.content().open(blob.digest());
            in.skipNBytes(offset);
            return in;
        };
    }

    /** {@return what an image of a container stands on} */
    Base base(ContainerRecord record) {
        ImageConfig parent = parent(record);
        return new Base(
                parent,
                layers(record, parent),
                CommittedConfig.config(parent, record.spec()),
                String.join(" ", record.command()));
    }

    private ImageConfig parent(ContainerRecord record) {
        Digest id = Digest.parse(record.imageId().orElseThrow(() -> noImage(record)));
        if (!storage.content().has(id)) {
            throw gone(record);
        }
        return ImageConfig.parse(storage.content().read(id, ImageDocument.MAX_BYTES));
    }

    /** Its own manifest, or that of an image above it, whose first layers are the same. */
    private List<Descriptor> layers(ContainerRecord record, ImageConfig parent) {
        List<Digest> diffIds = parent.diffIds();
        for (Image image : images.list()) {
            List<Digest> others = image.config().diffIds();
            if (others.size() >= diffIds.size()
                    && others.subList(0, diffIds.size()).equals(diffIds)) {
                images.complete(image); // whoever gets the new image must get these, too
                List<Descriptor> layers = new ArrayList<>();
                for (Descriptor layer : image.document().layers().subList(0, diffIds.size())) {
                    layers.add(new Descriptor(MediaType.ofOci(layer.mediaType()), layer.digest(), layer.size()));
                }
                return layers;
            }
        }
        throw gone(record);
    }

    private static WherryException noImage(ContainerRecord record) {
        return new WherryException(
                WherryException.Kind.UNSUPPORTED,
                "The container `" + record.name() + "` was not made from an image but from a folder.",
                "`wherry export` writes its files as an archive.");
    }

    private static WherryException gone(ContainerRecord record) {
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "The image that `" + record.name() + "` was made from is not here any more: "
                        + record.imageId().orElse("") + ".",
                "Pull it again, or export the container.");
    }

    private static void note(ChangedLayer layer, List<String> notes) {
        if (layer.unnameable() > 0) {
            notes.add("Left out: " + layer.unnameable()
                    + " entries whose names begin with `.wh.`, by which a layer tells what is gone.");
        }
        if (layer.omittedXattrs() > 0) {
            notes.add("Left out: " + layer.omittedXattrs()
                    + " extended attributes with a `=` in their names, which an archive cannot hold.");
        }
    }
}
