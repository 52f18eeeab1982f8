package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import io.wherry.store.archive.RootArchive;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.pull.BlobSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes an image of one layer from an archive of files. The words are checked before the archive is read; of what fails nothing is left. */
final class ImageImport {
    private final ImageCatalog images;
    private final ImageRemoval removal;
    private final ImageEvents events;

    ImageImport(ImageCatalog images, ImageRemoval removal, ImageEvents events) {
        this.images = images;
        this.removal = removal;
        this.events = events;
    }

    /** {@return the image; what could not be unpacked here is said in {@code notes}} */
    Image run(InputStream archive, ImportSpec spec, List<String> notes) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        config(spec, now, List.of());
        images.storage().space().sweep();
        try {
            try (FileLocks.Held _ = images.storage().content().keep();
                    RootArchive root = RootArchive.read(
                            archive, images.storage().space(), images.storage().content())) {
                return arrive(root, spec, now, notes);
            }
        } catch (WherryException e) {
            removal.collectAfter(e);
            throw e;
        }
    }

    private Image arrive(RootArchive root, ImportSpec spec, Instant now, List<String> notes) {
        ImageConfig config = config(spec, now, List.of(root.layer().digest()));
        Descriptor of = Descriptor.of(MediaType.OCI_CONFIG, config.raw());
        Manifest manifest = Manifest.of(of, List.of(root.layer()), Map.of());
        ImageReference name = spec.name().orElseGet(() -> ImageReference.unnamed(manifest.digest()));
        root.offer();
        notes.addAll(images.arrive(name, manifest, source(root, config), PullListener.NONE)
                .omitted());
        Image image = images.find(name.toString()).orElseThrow();
        events.imported(image);
        return image;
    }

    private static BlobSource source(RootArchive root, ImageConfig config) {
        return new BlobSource() {
            @Override
            public InputStream open(Descriptor blob, long offset) throws IOException {
                return blob.digest().equals(config.digest())
                        ? new ByteArrayInputStream(config.raw())
                        : root.open(offset);
            }
        };
    }

    private static ImageConfig config(ImportSpec spec, Instant now, List<Digest> diffIds) {
        ImageConfig.History step = new ImageConfig.History(
                Optional.of(now.toString()), Optional.empty(), Optional.empty(), Optional.of(spec.message()), false);
        ImageConfig plain =
                ImageConfig.of(spec.platform().orElse(Platform.host()), ExecutionDefaults.NONE, diffIds, List.of(step));
        ImageConfig dated = ImageConfig.of(
                plain.document().toBuilder().put("created", now.toString()).build());
        return ImageChanges.apply(dated, spec.changes());
    }
}
