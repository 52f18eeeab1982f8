package io.wherry.store.layer;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Index;
import io.wherry.oci.Manifest;
import io.wherry.oci.json.JsonObject;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.pull.BlobSource;
import io.wherry.store.pull.Cancellation;
import io.wherry.store.pull.PullProgress;
import io.wherry.store.pull.PullResult;
import io.wherry.store.pull.Puller;
import io.wherry.store.tree.HostedPilots;
import io.wherry.store.tree.TreeListing;
import io.wherry.store.unpack.Ownership;
import io.wherry.store.unpack.UnpackLimits;
import io.wherry.testkit.OciLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A whole store in a folder, that pulls from image layouts and shows what a container would see. */
public final class TestStore {
    public final Path root;
    public final HostedPilots pilots = new HostedPilots();
    public final StoreSpace space;
    public final LayerDriver driver;
    public final ContentStore content;
    public final Images images;
    public final FileLocks locks;

    public TestStore(Path folder, Function<StoreSpace, LayerDriver> driver, Durable durable) throws IOException {
        root = Files.createDirectories(folder.resolve("store"));
        locks = new FileLocks(root.resolve("locks"));
        UnpackLimits limits = new UnpackLimits(2_000_000, 1L << 36, 1 << 20);
        space = new StoreSpace(root, folder.resolve("state"), "", Ownership.KEEP, limits, pilots, durable, locks);
        this.driver = driver.apply(space);
        content = new ContentStore(root.resolve("content"), durable, locks);
        images = new Images(root.resolve("images"), content, durable, locks);
    }

    /** {@return the same store as another process would open it} */
    public TestStore reopened(Function<StoreSpace, LayerDriver> other) throws IOException {
        return new TestStore(root.getParent(), other, new Durable());
    }

    public PullResult pull(OciLayout layout, String tag) {
        return pull(manifest(layout, tag), source(layout.folder()), "example.org/" + tag + ":latest");
    }

    public PullResult pull(Manifest manifest, BlobSource source, String name) {
        return new Puller(content, images, driver, 2, 1L << 36)
                .pull(ImageReference.parse(name), manifest, source, PullProgress.NONE, new Cancellation());
    }

    public static Manifest manifest(OciLayout layout, String tag) {
        String descriptor = layout.tags().get(tag);
        Descriptor found =
                Descriptor.fromJson(JsonObject.parse(descriptor.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .fields());
        try {
            byte[] raw = Files.readAllBytes(found.digest().in(layout.folder().resolve("blobs")));
            ImageDocument document = ImageDocument.parse(raw);
            return document instanceof Index index
                    ? Manifest.parse(Files.readAllBytes(index.manifests()
                            .getFirst()
                            .digest()
                            .in(layout.folder().resolve("blobs"))))
                    : (Manifest) document;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public static BlobSource source(Path layout) {
        return (blob, offset) -> {
            InputStream in = Files.newInputStream(blob.digest().in(layout.resolve("blobs")));
            in.skipNBytes(offset);
            return in;
        };
    }

    /** {@return what a container on this image sees, as a listing} */
    public Map<String, String> rootfs(PullResult image, String container) throws IOException {
        Path folder = Files.createDirectories(root.resolve("containers").resolve(container));
        RootfsMount mount = driver.prepare(folder, ChainId.of(image.config().diffIds()));
        if (mount instanceof RootfsMount.Bind bind) {
            return TreeListing.of(bind.folder());
        }
        RootfsMount.Overlay overlay = (RootfsMount.Overlay) mount;
        Path copy = Files.createTempDirectory(root.getParent(), "seen");
        String mode = Integer.toOctalString(overlay.root().mode());
        HostedPilots.run("unshare", "-m", "sh", "-ec", """
            chmod %s %s; chown %d:%d %s; touch -d @%d.%09d %s; cd %s; mkdir -p %s.mnt
            mount -t overlay overlay -o lowerdir=%s,upperdir=%s,workdir=%s,userxattr %s.mnt
            cp -a %s.mnt/. %s
            """.formatted(
                        mode,
                        overlay.upper(),
                        overlay.root().uid(),
                        overlay.root().gid(),
                        overlay.upper(),
                        overlay.root().seconds(),
                        overlay.root().nanos(),
                        overlay.upper(),
                        overlay.base(),
                        copy,
                        String.join(":", overlay.lowers()),
                        overlay.upper(),
                        overlay.work(),
                        copy,
                        copy,
                        copy));
        return TreeListing.of(copy);
    }

    /** Prepares a container and lets a script change what it sees, in its root as the working folder. {@return what to mount} */
    public RootfsMount change(PullResult image, String container, String script) throws IOException {
        Path folder = Files.createDirectories(root.resolve("containers").resolve(container));
        RootfsMount mount = driver.prepare(folder, ChainId.of(image.config().diffIds()));
        if (mount instanceof RootfsMount.Overlay overlay) {
            String mode = Integer.toOctalString(overlay.root().mode());
            String point = folder + "/mnt";
            HostedPilots.run("unshare", "-m", "bash", "-ec", """
                    chmod %s %s; cd %s; mkdir -p %s
                    mount -t overlay overlay -o lowerdir=%s,upperdir=%s,workdir=%s,userxattr %s
                    cd %s; %s
                    """.formatted(
                            mode,
                            overlay.upper(),
                            overlay.base(),
                            point,
                            String.join(":", overlay.lowers()),
                            overlay.upper(),
                            overlay.work(),
                            point,
                            point,
                            script));
        } else {
            HostedPilots.run("bash", "-ec", "cd " + ((RootfsMount.Bind) mount).folder() + "; " + script);
        }
        return mount;
    }

    /** {@return what umoci makes of the image} */
    public static Map<String, String> umoci(OciLayout layout, String tag, Path bundle) throws IOException {
        HostedPilots.run(
                "umoci", "unpack", "--keep-dirlinks", "--image", layout.folder() + ":" + tag, bundle.toString());
        return TreeListing.of(bundle.resolve("rootfs"));
    }

    /** {@return names in a folder of the store, none if it is absent} */
    public List<String> names(String folder) throws IOException {
        Path path = root.resolve(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (var entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
