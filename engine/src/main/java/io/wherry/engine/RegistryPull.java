package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.Platform;
import io.wherry.oci.PlatformPreference;
import io.wherry.oci.WherryException;
import io.wherry.registry.BlobPosition;
import io.wherry.registry.RegistryClient;
import io.wherry.registry.ResolvedManifest;
import io.wherry.store.pull.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Brings images from registries: resolves the name, chooses the platform, and hands the catalog where the blobs are. */
final class RegistryPull {
    private final ImageCatalog images;

    RegistryPull(ImageCatalog images) {
        this.images = images;
    }

    /**
     * An image that a registry has, for one platform.
     *
     * @param manifest its digest verified
     * @param blobs where its blobs are
     */
    record Found(ImageReference reference, Manifest manifest, BlobSource blobs) {}

    /** {@return the image; what could not be unpacked here is said in {@code notes}} */
    Image pull(String name, Optional<String> platform, PullListener listener, List<String> notes) {
        Found found = find(name, platform, listener, notes);
        notes.addAll(images.arrive(found.reference(), found.manifest(), found.blobs(), listener)
                .omitted());
        return images.find(name).orElseThrow();
    }

    /** {@return the image that a name stands for; nothing but its documents is fetched} */
    static Found find(String name, Optional<String> platform, PullListener listener, List<String> notes) {
        ImageReference reference = ImageReference.parse(name);
        RegistryClient client = client();
        io.wherry.registry.PullListener heard = new io.wherry.registry.PullListener() {
            @Override
            public void passedOver(String mirror, String reason) {
                listener.passedOver(
                        "The mirror " + mirror + " of " + reference.registry() + " was passed over: " + reason);
            }
        };
        PlatformPreference preference = platform.isPresent()
                ? PlatformPreference.of(Platform.parse(platform.get()))
                : PlatformPreference.host();
        Manifest manifest = select(client, reference, client.resolve(reference, heard), preference);
        checkPlatform(client, reference, manifest, platform, notes);
        return new Found(reference, manifest, blobs(client, reference, heard));
    }

    /**
     * {@return an image that is here already, by its digests: what its name stands for by now is of no account}
     *
     * @param known its manifest, unless that is to be fetched, too
     */
    static Found again(ImageReference reference, Descriptor manifest, Optional<Manifest> known) {
        RegistryClient client = client();
        Manifest document = known.isPresent()
                ? known.get()
                : (Manifest) client.manifest(reference, manifest).document();
        return new Found(reference, document, blobs(client, reference, io.wherry.registry.PullListener.NONE));
    }

    private static RegistryClient client() {
        return new RegistryClient(RegistrySettings.ofCaller());
    }

    /** The store proves each blob's digest before it has a name, and an earlier part of it too. */
    private static BlobSource blobs(
            RegistryClient client, ImageReference reference, io.wherry.registry.PullListener heard) {
        return new BlobSource() {
            @Override
            public InputStream open(Descriptor blob, long offset) throws IOException {
                return client.blob(reference, blob, BlobPosition.unproved(offset), heard);
            }

            @Override
            public Optional<ImageReference> origin() {
                return Optional.of(reference);
            }
        };
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
            if (depth == Index.MAX_DEPTH) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "The index of `" + reference.familiar() + "` is nested more than " + Index.MAX_DEPTH
                                + " deep.");
            }
            document = client.manifest(reference, index.require(preference, reference.familiar()))
                    .document();
        }
        return (Manifest) document;
    }
}
