package io.wherry.engine;

import io.wherry.engine.CheckedObject.Kind;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.WherryException;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.content.StoredImage;
import io.wherry.store.layer.ChainId;
import io.wherry.store.layer.LayerDriver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at images, their blobs and their layers, and mends them: layers from blobs, blobs from the registry, records from the index that is kept for other tools. What an image needs twice, or
 * two images need, is told once.
 */
final class ImageCheck {
    private final ImageCatalog images;
    private final Set<Digest> inUse;
    private final boolean full;
    private final boolean repair;
    private final ContentStore content;
    private final LayerDriver driver;
    private final List<CheckedObject> found = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    /**
     * A check.
     *
     * @param inUse layers below containers that run: they cannot be made anew
     * @param full whether blobs are read to their end
     */
    ImageCheck(ImageCatalog images, Set<Digest> inUse, boolean full, boolean repair) {
        this.images = images;
        this.inUse = Set.copyOf(inUse);
        this.full = full;
        this.repair = repair;
        this.content = images.storage().content();
        this.driver = images.storage().drivers().usual();
    }

    List<CheckedObject> run() {
        Images names = images.storage().images();
        for (Images.Damage damage : names.damaged()) {
            record(damage);
        }
        for (StoredImage stored : names.readable()) {
            image(stored);
        }
        return found;
    }

    /** The index still says what the name stood for, unless that was written anew since. */
    private void record(Images.Damage damage) {
        CheckedObject damaged = CheckedObject.damaged(
                Kind.IMAGE,
                damage.name(),
                damage.reason().getMessage(),
                "`wherry pull " + damage.name() + "` mends it, `wherry rmi -f " + damage.name() + "` removes it.");
        Optional<Descriptor> manifest =
                images.storage().images().indexed(damage.name()).filter(m -> content.isWhole(m.digest()));
        if (repair && manifest.isPresent()) {
            try {
                Manifest document = Manifest.parse(content.read(manifest.get().digest(), ImageDocument.MAX_BYTES));
                List<Digest> chains = ChainId.of(
                        ImageConfig.parse(content.read(document.config().digest(), ImageDocument.MAX_BYTES))
                                .diffIds());
                ImageReference reference = ImageReference.parse(damage.name());
                images.storage()
                        .images()
                        .put(new StoredImage(
                                reference,
                                manifest.get(),
                                chains,
                                System.currentTimeMillis() / 1000,
                                Optional.empty(),
                                false));
                damaged = damaged.mended();
            } catch (WherryException e) {
                // its documents are damaged, too
            }
        }
        found.add(damaged);
    }

    private void image(StoredImage stored) {
        String name = stored.reference().familiar();
        String hint = "`wherry check --repair` or `wherry pull " + name + "` brings it again.";
        List<CheckedObject> wrong = new ArrayList<>();
        Optional<Manifest> manifest = document(stored, wrong, hint);
        if (manifest.isPresent()) {
            blob(manifest.get().config(), true, wrong, hint);
            for (Descriptor layer : manifest.get().layers()) {
                if (!stored.dropped() || content.has(layer.digest())) {
                    blob(layer, full, wrong, hint);
                }
            }
        }
        layers(stored, wrong, name);
        List<CheckedObject> mended = repair && !wrong.isEmpty() ? mend(stored, manifest, wrong) : wrong;
        found.addAll(mended);
        Optional<CheckedObject> still = mended.stream()
                .filter(object -> object.state() == CheckedObject.State.DAMAGED)
                .findFirst();
        found.add(
                still.isEmpty()
                        ? CheckedObject.ok(Kind.IMAGE, name)
                        : CheckedObject.damaged(
                                Kind.IMAGE,
                                name,
                                "needs what is damaged",
                                still.get().hint()));
    }

    private Optional<Manifest> document(StoredImage stored, List<CheckedObject> wrong, String hint) {
        blob(stored.manifest(), true, wrong, hint);
        try {
            return Optional.of(Manifest.parse(content.read(stored.manifest().digest(), ImageDocument.MAX_BYTES)));
        } catch (WherryException e) {
            return Optional.empty();
        }
    }

    private void blob(Descriptor blob, boolean read, List<CheckedObject> wrong, String hint) {
        String what = !content.has(blob.digest())
                ? "is missing"
                : !content.has(blob)
                        ? "has " + content.size(blob.digest()) + " bytes, not " + blob.size()
                        : read && !content.isWhole(blob.digest()) ? "has another digest" : "";
        tell(Kind.BLOB, blob.digest(), what, wrong, hint);
    }

    private void layers(StoredImage stored, List<CheckedObject> wrong, String name) {
        Set<Digest> published = new HashSet<>(driver.list());
        String hint = "`wherry check --repair` unpacks it again.";
        for (Digest chain : stored.chains()) {
            if (published.contains(chain)) {
                tell(Kind.LAYER, chain, driver.damage(chain).orElse(""), wrong, hint);
            }
        }
        if (!stored.chains().isEmpty() && !driver.has(stored.chains())) {
            tell(
                    Kind.LAYER,
                    stored.chains().getLast(),
                    "is not unpacked, or not proved to be on the disk",
                    wrong,
                    "`wherry check --repair` unpacks it again, and so does `wherry run " + name + "`.");
        }
    }

    private void tell(Kind kind, Digest digest, String what, List<CheckedObject> wrong, String hint) {
        if (!what.isEmpty()) {
            wrong.add(CheckedObject.damaged(kind, digest.toString(), what, hint));
        } else if (seen.add(kind + " " + digest)) { // an archive that is not compressed is a blob and the lowest layer
            found.add(CheckedObject.ok(kind, digest.toString()));
        }
    }

    private List<CheckedObject> mend(StoredImage stored, Optional<Manifest> known, List<CheckedObject> wrong) {
        List<CheckedObject> out = new ArrayList<>();
        String failure = "";
        String hint = "";
        try {
            for (CheckedObject object : wrong) {
                Digest digest = Digest.parse(object.name());
                if (object.kind() == Kind.LAYER && inUse.contains(digest)) {
                    throw new WherryException(
                            WherryException.Kind.FAILED_PRECONDITION,
                            "a container that runs stands on it",
                            "Stop the containers of this image and check again.");
                }
            }
            for (CheckedObject object : wrong) {
                Digest digest = Digest.parse(object.name());
                if (object.kind() == Kind.LAYER) {
                    driver.remove(digest);
                } else {
                    content.remove(digest);
                }
            }
            RegistryPull.Found origin =
                    images.origin(stored.origin().orElse(stored.reference()), stored.manifest(), known);
            images.arrive(stored.reference(), origin.manifest(), origin.blobs(), PullListener.NONE);
        } catch (WherryException e) {
            failure = e.getMessage();
            hint = e.hint().orElse("");
        }
        for (CheckedObject object : wrong) {
            out.add(
                    failure.isEmpty()
                            ? object.mended()
                            : CheckedObject.damaged(
                                    object.kind(),
                                    object.name(),
                                    object.what() + ", and cannot be mended: " + failure,
                                    hint.isEmpty() ? object.hint() : hint));
        }
        return out;
    }
}
