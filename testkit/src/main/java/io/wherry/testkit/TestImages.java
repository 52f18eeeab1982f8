package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Real images from Debian's packages, since no public registry is asked for any. */
public final class TestImages {
    /** Environment variable: the folder for what is costly to make; else {@code ~/.cache/wherry-test}. Root fills it, others read it. */
    public static final String CACHE_VARIABLE = "WHERRY_TEST_CACHE";

    private static final String DEBIAN = "bookworm";

    private TestImages() {}

    /** Fills the cache while there is a network; tests themselves have none. Prints what there is. */
    public static void main(String[] args) {
        System.out.println(debian().folder());
        System.out.println(guestKernel());
    }

    /** {@return the bottom layer of a small system: busybox with a link for each of its commands, users, the usual folders} */
    public static byte[] busyboxLayer() {
        Path busybox = Path.of("/bin/busybox");
        Command.requireTool("busybox", "busybox-static");
        byte[] program;
        try {
            program = Files.readAllBytes(busybox);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tar tar = new Tar();
        for (String folder : List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "usr/bin", "var")) {
            tar.folder(folder + "/", folder.equals("root") ? 0700 : 0755);
        }
        tar.folder("tmp/", 01777);
        tar.file("bin/busybox", 0755, program);
        for (String name : Command.of("busybox", "--list").check().lines()) {
            if (!name.equals("busybox")) {
                tar.symlink("bin/" + name, "busybox");
            }
        }
        tar.file(
                "etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\napp:x:1000:1000::/home:/bin/sh\n");
        tar.file("etc/group", "root:x:0:\nnogroup:x:65534:\napp:x:1000:\nextra:x:2000:app\n");
        tar.file("etc/hostname", "image\n");
        return tar.bytes();
    }

    /** {@return a layout in the folder with the image {@code busybox}: one layer, gzip, runs {@code sh}} */
    public static OciLayout fromDebianBusybox(Path folder) {
        return OciLayout.create(folder)
                .image("busybox", config("sh"), OciLayout.Compression.GZIP, List.of(busyboxLayer()));
    }

    /**
     * {@return the image {@code layers}, for what a union of layers must do: the bottom is busybox's, and above it a file is replaced, one removed, a folder made
     * opaque, a link added}
     */
    public static OciLayout layered(Path folder) {
        byte[] second = new Tar()
                .folder("data/", 0755)
                .file("data/kept", "from the second\n")
                .file("data/removed", "must not be seen\n")
                .folder("data/opaque/", 0755)
                .file("data/opaque/hidden", "must not be seen\n")
                .file("data/replaced", "must not be seen\n")
                .bytes();
        byte[] third = new Tar()
                .file("data/.wh.removed", "")
                .file("data/opaque/.wh..wh..opq", "")
                .file("data/opaque/shown", "from the third\n")
                .file("data/replaced", "from the third\n")
                .hardLink("data/same", "data/replaced")
                .symlink("data/link", "kept")
                .bytes();
        return OciLayout.create(folder)
                .image("layers", config("sh"), OciLayout.Compression.GZIP, List.of(busyboxLayer(), second, third));
    }

    /**
     * {@return a layout with the image {@code debian}: Debian 12's minimal system in one layer, about 60 MB packed}
     *
     * <p>Made once by debootstrap, which takes about a minute and needs root; kept in the cache. Do not write into it.
     */
    public static OciLayout debian() {
        Path kept = cache().resolve("debian-" + DEBIAN);
        if (!Files.exists(kept.resolve("tag"))) {
            makeDebian(kept);
        }
        OciLayout layout = new OciLayout(kept, new TreeMap<>());
        try {
            layout.tags().put("debian", Files.readString(kept.resolve("tag")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layout;
    }

    /** Copies an image from a layout into a registry, by skopeo. {@return its reference there, {@code localhost:PORT/NAME:TAG}} */
    public static String push(OciLayout layout, String tag, LocalRegistry registry, String repositoryAndTag) {
        Command.requireTool("skopeo", "skopeo");
        List<String> words = new ArrayList<>(List.of("skopeo", "copy", "--quiet", "--insecure-policy"));
        words.addAll(registry.skopeoOptions("dest"));
        String reference = registry.host() + "/" + repositoryAndTag;
        words.addAll(List.of("oci:" + layout.folder() + ":" + tag, "docker://" + reference));
        Command.of(words).timeout(Duration.ofMinutes(5)).check();
        return reference;
    }

    /**
     * {@return a folder with {@code vmlinuz} and {@code overlay.ko} of Debian's kernel for virtual machines}
     *
     * <p>Downloaded once, not installed, since a kernel that is installed would be booted by the next start of this host; kept in the cache.
     */
    public static Path guestKernel() {
        Path kept = cache().resolve("guest-filesystems-" + DEBIAN);
        if (!Files.exists(kept.resolve("vmlinuz"))) {
            fetchKernel(kept);
        }
        return kept;
    }

    private static void fetchKernel(Path kept) {
        try {
            Files.createDirectories(kept.getParent());
            Path work = Files.createTempDirectory(kept.getParent(), "making-");
            Path made = Files.createDirectory(work.resolve("made"));
            // the package of that name has no content but the name of the one that has
            String script = """
                    set -e
                    fetch() {
                        package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \\(linux-image-[0-9].*\\)/\\1/p' | head -n 1)
                        [ -n "$package" ] && apt-get -q download "$package"
                    }
                    fetch || { apt-get -q update && fetch; }
                    dpkg-deb -x ./*.deb tree
                    cp tree/boot/vmlinuz-* made/vmlinuz
                    cd tree/lib/modules/*/kernel
                    cp fs/overlayfs/overlay.ko fs/xfs/xfs.ko fs/quota/quota_tree.ko fs/quota/quota_v2.ko "$OLDPWD/made/"
                    cp drivers/block/loop.ko lib/libcrc32c.ko "$OLDPWD/made/"
                    """;
            Command.of("sh", "-c", script)
                    .in(work)
                    .timeout(Duration.ofMinutes(5))
                    .check();
            Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
            Command.of("rm", "-rf", "--one-file-system", work.toString()).check();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path cache() {
        String given = System.getenv(CACHE_VARIABLE);
        return given != null ? Path.of(given) : Path.of(System.getProperty("user.home"), ".cache", "wherry-test");
    }

    private static String config(String command) {
        return "{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],\"Cmd\":[\"%s\"]}"
                .formatted(command);
    }

    private static void makeDebian(Path kept) {
        Command.requireTool("debootstrap", "debootstrap");
        if (!System.getProperty("user.name").equals("root")) {
            throw new AssertionError("debootstrap needs root: run the tests as root once, or set " + CACHE_VARIABLE
                    + " to a folder where that was done; looked in " + kept);
        }
        try {
            Files.createDirectories(kept.getParent());
            Path work = Files.createTempDirectory(kept.getParent(), "making-");
            Path root = work.resolve("root");
            Command.of("debootstrap", "--variant=minbase", DEBIAN, root.toString())
                    .timeout(Duration.ofMinutes(10))
                    .check();
            Path archive = work.resolve("layer.tar");
            Command.of(
                            "tar",
                            "-C",
                            root.toString(),
                            "--numeric-owner",
                            "--xattrs",
                            "--exclude=./var/cache/apt/archives/*.deb",
                            "--exclude=./var/lib/apt/lists/*",
                            "-cf",
                            archive.toString(),
                            ".")
                    .timeout(Duration.ofMinutes(5))
                    .check();
            OciLayout layout = OciLayout.create(work.resolve("layout")).image("debian", config("bash"), archive);
            Files.writeString(
                    layout.folder().resolve("tag"),
                    layout.tags().values().iterator().next());
            Files.move(layout.folder(), kept, StandardCopyOption.ATOMIC_MOVE);
            Command.of("rm", "-rf", "--one-file-system", work.toString()).check();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
