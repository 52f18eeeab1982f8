package io.wherry.engine;

import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.kernel.tree.TreeUsage;
import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.store.disk.Reserve;
import io.wherry.store.layer.ChainId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Measures what is below a durable root, by a pilot, which alone may look into all that containers and layers have. What comes or goes meanwhile is counted or not. For one thread.
 */
final class DiskMeasure {
    private static final String WHOLE_TREE =
            "dir"; // the driver that has one tree an image, and none for the layers below

    private final Path root;
    private final ImageCatalog images;
    private final ContainerFiles files;
    private final TreeStream stream;

    /** What of an image lies on the disk, by the path below the root: layers and blobs. */
    private final Map<String, Long> pieces = new TreeMap<>();

    private long skipped;

    private DiskMeasure(Path root, ImageCatalog images, ContainerFiles files, TreeStream stream) {
        this.root = root;
        this.images = images;
        this.files = files;
        this.stream = stream;
    }

    /** {@return what is there now, with these containers} */
    static DiskUsage of(
            StateRoot root,
            ImageCatalog images,
            ContainerFiles files,
            List<KeptVolume> volumes,
            List<Container> containers) {
        try (TreeSession session = images.storage().space().pilots().open(TreeTarget.plain(root.root()));
                TreeStream stream = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, root.root().resolve("tmp/spill"))) {
            return new DiskMeasure(root.root(), images, files, stream).measure(volumes, containers);
        }
    }

    private DiskUsage measure(List<KeptVolume> volumes, List<Container> containers) {
        List<DiskUsage.OfContainer> ofContainers = new ArrayList<>();
        long logs = 0;
        for (Container container : containers) {
            DiskUsage.OfContainer one = container(container);
            ofContainers.add(one);
            logs += one.log();
        }
        pieces();
        Map<String, Set<Digest>> needed = new HashMap<>();
        List<Image> all = images.list();
        for (Image image : all) {
            for (String piece : of(image)) {
                needed.computeIfAbsent(piece, p -> new HashSet<>()).add(image.id());
            }
        }
        List<DiskUsage.OfImage> ofImages = new ArrayList<>();
        Set<String> used = new HashSet<>();
        int active = 0;
        for (Image image : all) {
            int made = made(image, containers);
            active += made > 0 ? 1 : 0;
            long[] bytes = new long[2];
            for (String piece : of(image)) {
                boolean shared = needed.getOrDefault(piece, Set.of()).size() > 1;
                bytes[shared ? 0 : 1] += pieces.getOrDefault(piece, 0L);
                if (made > 0) {
                    used.add(piece);
                }
            }
            ofImages.add(new DiskUsage.OfImage(image, bytes[0], bytes[1], made));
        }
        for (Container container : containers) {
            layers(files.layers(new ContainerId(container.id())), used);
        }
        return new DiskUsage(
                parts(ofImages.size(), active, used, volumes, ofContainers, logs),
                ofImages,
                ofContainers,
                ofLayers(needed),
                skipped);
    }

    private DiskUsage.OfContainer container(Container container) {
        String folder = "containers/" + container.id();
        long log = 0;
        for (String name : names(folder)) {
            if (name.equals("log") || name.startsWith("log.")) {
                log += use(folder + "/" + name);
            }
        }
        return new DiskUsage.OfContainer(container, Math.max(0, use(folder) - log), log);
    }

    private static int made(Image image, List<Container> containers) {
        int made = 0;
        for (Container container : containers) {
            made += container.imageId().orElse("").equals(image.id().toString()) ? 1 : 0;
        }
        return made;
    }

    private void pieces() {
        for (String driver : names("layers")) {
            for (String layer : names("layers/" + driver)) {
                String path = "layers/" + driver + "/" + layer;
                pieces.put(path, use(path));
            }
        }
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            String folder = "content/blobs/" + algorithm.word();
            for (String blob : names(folder)) {
                pieces.put(folder + "/" + blob, use(folder + "/" + blob));
            }
        }
    }

    /** {@return the paths of what an image needs} */
    private Set<String> of(Image image) {
        Set<String> paths = new LinkedHashSet<>();
        chains(image.chains(), paths);
        paths.add(blob(image.manifest()));
        paths.add(blob(image.id()));
        for (Descriptor layer : image.document().layers()) {
            paths.add(blob(layer.digest()));
        }
        return paths;
    }

    private void layers(List<Digest> diffIds, Set<String> paths) {
        chains(ChainId.of(diffIds), paths);
    }

    private void chains(List<Digest> chains, Set<String> paths) {
        for (String driver : names("layers")) {
            boolean one = driver.equals(WHOLE_TREE) || driver.startsWith(WHOLE_TREE + "-");
            for (int i = one ? Math.max(0, chains.size() - 1) : 0; i < chains.size(); i++) {
                paths.add("layers/" + driver + "/" + ChainId.folder(chains.get(i)));
            }
        }
    }

    private static String blob(Digest digest) {
        return "content/blobs/" + digest.algorithm().word() + "/" + digest.hex();
    }

    private List<DiskUsage.OfLayer> ofLayers(Map<String, Set<Digest>> needed) {
        List<DiskUsage.OfLayer> layers = new ArrayList<>();
        for (Map.Entry<String, Long> piece : pieces.entrySet()) {
            String[] parts = piece.getKey().split("/");
            if (parts[0].equals("layers")) {
                layers.add(new DiskUsage.OfLayer(
                        parts[1], parts[2], piece.getValue(), needed.getOrDefault(piece.getKey(), Set.of())));
            }
        }
        return layers;
    }

    private List<DiskUsage.Part> parts(
            int total,
            int active,
            Set<String> used,
            List<KeptVolume> volumes,
            List<DiskUsage.OfContainer> containers,
            long logs) {
        long unused = 0;
        for (Map.Entry<String, Long> piece : pieces.entrySet()) {
            unused += used.contains(piece.getKey()) ? 0 : piece.getValue();
        }
        long downloads = use("content/ingest");
        int running = 0;
        long ended = 0;
        long endedLogs = 0;
        for (DiskUsage.OfContainer one : containers) {
            boolean attended = one.container().status().isAttended();
            running += attended ? 1 : 0;
            ended += attended ? 0 : one.bytes();
            endedLogs += attended ? 0 : one.log();
        }
        long cache = use("cache");
        long leftovers = use("tmp") + use("trash");
        List<DiskUsage.Part> parts = new ArrayList<>();
        parts.add(new DiskUsage.Part(
                DiskUsage.Kind.IMAGES,
                total,
                active,
                use("layers") + use("images") + use("content") - downloads,
                unused));
        parts.add(new DiskUsage.Part(
                DiskUsage.Kind.CONTAINERS, containers.size(), running, use("containers") - logs, ended));
        int wanted = 0;
        long unwanted = 0;
        for (KeptVolume volume : volumes) {
            boolean has = !volume.users().isEmpty();
            wanted += has ? 1 : 0;
            unwanted += has ? 0 : use("volumes/" + volume.volume().name());
        }
        parts.add(new DiskUsage.Part(DiskUsage.Kind.VOLUMES, volumes.size(), wanted, use("volumes"), unwanted));
        parts.add(new DiskUsage.Part(DiskUsage.Kind.LOGS, containers.size(), running, logs, endedLogs));
        parts.add(unused(DiskUsage.Kind.DOWNLOADS, names("content/ingest").size(), downloads));
        parts.add(unused(DiskUsage.Kind.CACHE, names("cache/blobs/sha256").size(), cache));
        parts.add(unused(
                DiskUsage.Kind.LEFTOVERS, names("tmp").size() + names("trash").size(), leftovers));
        long reserve = use(Reserve.FOLDER);
        parts.add(new DiskUsage.Part(DiskUsage.Kind.RESERVE, reserve > 0 ? 1 : 0, 0, reserve, 0));
        long records = 0;
        for (String name : names("")) {
            if (!Set.of("layers", "images", "content", "containers", "volumes", "cache", "tmp", "trash", Reserve.FOLDER)
                    .contains(name)) {
                records += use(name);
            }
        }
        parts.add(new DiskUsage.Part(DiskUsage.Kind.RECORDS, 0, 0, records, 0));
        return parts;
    }

    /** Empty folders stay. */
    private static DiskUsage.Part unused(DiskUsage.Kind kind, int total, long bytes) {
        return new DiskUsage.Part(kind, total, 0, bytes, total == 0 ? 0 : bytes);
    }

    private long use(String path) {
        TreeUsage usage = stream.usage(BytePath.of(path));
        skipped += usage.skipped();
        return usage.bytes();
    }

    private List<String> names(String folder) {
        Path there = root.resolve(folder);
        return Files.isDirectory(there) ? List.of(StateFile.list(there)) : List.of();
    }
}
