package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.SyncFilesystem;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageConfig;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.oci.json.JsonWriter;
import io.wherry.store.content.BlobCache;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.NewFolder;
import io.wherry.store.layer.StoreSpace;
import io.wherry.store.pull.BlobSource;
import io.wherry.store.pull.Cancellation;
import io.wherry.store.pull.ImageBlobs;
import io.wherry.store.unpack.Ownership;
import io.wherry.store.unpack.UnpackLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pulls an image into a folder of the user's, for {@link PlainFolder} to run. The folder is there whole or not at all; of the image nothing is kept but blobs, in a cache that ages.
 *
 * <p>System root's files have the owners that the image says; an ordinary user's are all the user's, who can delete the folder with rm(1).
 */
final class FolderPull {
    private final ImageCatalog images;
    private final Launcher launcher;
    private final StoreSpace space;

    FolderPull(ImageCatalog images, Launcher launcher, HostFacts facts) {
        this.images = images;
        this.launcher = launcher;
        this.space = images.storage().space().withOwnership(facts.root() ? Ownership.KEEP : Ownership.HAND_OVER);
    }

    /**
     * {@return the folder, absolute}
     *
     * @param folder as the user wrote it; absent: the last part of the image's name, in the current folder
     */
    Path pull(
            String name,
            Optional<String> folder,
            Optional<String> platform,
            PullListener listener,
            List<String> notes) {
        Path target = target(name, folder);
        space.sweep();
        try (NewFolder begun = new NewFolder(space, target)) {
            RegistryPull.Found image =
                    images.embedded(name).orElseGet(() -> RegistryPull.find(name, platform, listener, notes));
            ImageBlobs.Brought brought = bring(image, begun, listener);
            notes.addAll(brought.omitted());
            write(begun.begun(), image, brought.config(), notes);
            sync(begun.begun());
            begun.publish();
        }
        images.storage().cache().age(Instant.now());
        return target;
    }

    private static Path target(String name, Optional<String> folder) {
        String repository = ImageReference.parse(name).repository();
        String word = folder.orElse(repository.substring(repository.lastIndexOf('/') + 1));
        try {
            Path target = Path.of(word).toAbsolutePath().normalize();
            Path parent = target.getParent();
            if (parent == null) {
                throw ConfigCompiler.invalid("The root of the host cannot be the folder of an image.");
            }
            return parent.toRealPath().resolve(target.getFileName());
        } catch (IOException | InvalidPathException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "Cannot make the folder " + word + ": the folder that it is to be in is not there.",
                    "Make that one first.");
        }
    }

    /** A blob of the cache that was damaged since shows as a wrong archive: it is fetched again, once. */
    private ImageBlobs.Brought bring(RegistryPull.Found image, NewFolder folder, PullListener listener) {
        BlobCache cache = images.storage().cache();
        List<Digest> wanted = new ArrayList<>(List.of(image.manifest().config().digest()));
        for (Descriptor layer : image.manifest().layers()) {
            wanted.add(layer.digest());
        }
        try (FileLocks.Held _ = images.storage().content().keep();
                FileLocks.Held _ = cache.use(wanted)) {
            try {
                return bringOnce(image, folder, "rootfs", listener);
            } catch (WherryException e) {
                if (e.kind() != WherryException.Kind.CORRUPT || !cache.removeDamaged(wanted)) {
                    throw e;
                }
                folder.discard("rootfs");
                return bringOnce(image, folder, "rootfs", listener);
            }
        }
    }

    private ImageBlobs.Brought bringOnce(
            RegistryPull.Found image, NewFolder folder, String root, PullListener listener) {
        BlobSource blobs = (blob, offset) -> {
            if (!images.storage().content().has(blob.digest())) {
                return image.blobs().open(blob, offset);
            }
            InputStream in = images.storage().content().open(blob.digest());
            in.skipNBytes(offset);
            return in;
        };
        return new ImageBlobs(images.storage().cache().content(), 1, UnpackLimits.DEFAULT.bytes())
                .bring(
                        image.reference().familiar(),
                        image.manifest(),
                        blobs,
                        false,
                        chains -> folder.unpacking(root, chains),
                        new ImageCatalog.Progress(listener),
                        new Cancellation());
    }

    private static void write(Path folder, RegistryPull.Found image, ImageConfig config, List<String> notes) {
        JsonWriter text = JsonWriter.indented(2);
        text.value(withoutUsersWords(config.document().fields().rawObject("config"), notes));
        String name = image.reference() + "\n";
        StateFile.writeInside(folder, "config.json", (text + "\n").getBytes(StandardCharsets.UTF_8), true);
        StateFile.writeInside(folder, "manifest.json", image.manifest().raw(), true);
        StateFile.writeInside(folder, "image.txt", name.getBytes(StandardCharsets.UTF_8), true);
    }

    /**
     * {@return the configuration without what only the folder's user may say} An image must not give itself a network, a root that can be written, or files of the host.
     */
    private static JsonObject withoutUsersWords(JsonObject config, List<String> notes) {
        JsonObject.Builder kept = JsonObject.builder();
        for (Map.Entry<String, JsonValue> member : config.members().entrySet()) {
            String key = member.getKey();
            if (key.equals("net") || key.equals("rw")) {
                notes.add("The image's `" + key + "` was left out: that is for you to say.");
            } else if (key.equals("Volumes") && member.getValue() instanceof JsonObject volumes) {
                kept.put(key, withoutHost(volumes, notes));
            } else {
                kept.put(key, member.getValue());
            }
        }
        for (String key : List.of("Env", "Cmd")) {
            if (!config.members().containsKey(key)) {
                kept.put(key, List.of()); // d-utils does without neither
            }
        }
        return kept.build();
    }

    private static JsonObject withoutHost(JsonObject volumes, List<String> notes) {
        JsonObject.Builder kept = JsonObject.builder();
        for (Map.Entry<String, JsonValue> volume : volumes.members().entrySet()) {
            if (volume.getKey().indexOf(':') >= 0) {
                notes.add("The image's volume `" + volume.getKey()
                        + "` was left out: an image does not say what it gets of this host.");
            } else {
                kept.put(volume.getKey(), volume.getValue());
            }
        }
        return kept.build();
    }

    /** Before the folder has its name, what is in it must be on the disk. */
    private void sync(Path folder) {
        Plan plan = new Plan();
        Slot slot = plan.slot("folder");
        plan.add(Assembler.PILOT, new OpenFolder(folder.toString(), slot));
        plan.add(Assembler.PILOT, new SyncFilesystem(slot));
        TaskResult result = launcher.task(plan.compile(0), Assembler.PILOT);
        if (!result.ok()) {
            throw new WherryException(
                    WherryException.Kind.UNAVAILABLE, "Cannot bring what was pulled to the disk below " + folder + ".");
        }
    }
}
