package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import io.wherry.store.disk.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One whole tree an image, all its layers applied one over the other; a container gets a copy of it, with shared blocks where the filesystem can. Works everywhere, and images that share layers share nothing.
 */
public final class DirDriver implements LayerDriver {
    static final String NAME = "dir";

    /** Beside a container's tree; its time is when that was whole and like the image's. */
    private static final String COPIED = "copied";

    private final StoreSpace space;
    private final LayerFolders folders;

    public DirDriver(StoreSpace space) {
        this.space = space;
        this.folders = new LayerFolders(space, NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean has(List<Digest> chains) {
        return chains.isEmpty() || folders.usable(chains.getLast()).isPresent();
    }

    @Override
    public ImageUnpacking unpack(List<Digest> chains) {
        return new DirUnpacking(space, folders, chains);
    }

    /** {@inheritDoc} The copy is made under a temporary name: a {@code rootfs} that is there is whole. */
    @Override
    public RootfsMount prepare(Path container, List<Digest> chains) {
        if (!Files.exists(container.resolve("rootfs"))) {
            RootfsMount mount = mount(container, chains); // or its layers are missing
            make(container, chains.isEmpty() ? Optional.empty() : Optional.of(tree(chains.getLast())), false);
            return mount;
        }
        return bind(container, chains);
    }

    @Override
    public RootfsMount copy(Path original, Path container, List<Digest> chains) {
        make(container, Optional.of(original.resolve("rootfs")), true);
        return bind(container, chains);
    }

    private void make(Path container, Optional<Path> from, boolean durable) {
        Path rootfs = container.resolve("rootfs");
        Path begun = container.resolve("rootfs.new");
        try {
            if (Files.exists(begun)) {
                space.removeTree(begun);
            }
            Files.createDirectories(begun);
            if (from.isPresent()) {
                space.copyTree(TreeTarget.plain(space.root()), from.get(), begun, durable);
            }
            if (!durable) { // the files of another container's copy do not tell what that has changed
                Files.writeString(container.resolve(COPIED), "");
            }
            Files.move(begun, rootfs);
        } catch (IOException e) {
            throw Durable.failure("make", rootfs, e);
        }
    }

    @Override
    public RootfsMount mount(Path container, List<Digest> chains) {
        if (!has(chains)) {
            throw folders.missing(chains.getLast());
        }
        return bind(container, chains);
    }

    private RootfsMount bind(Path container, List<Digest> chains) {
        return new RootfsMount.Bind(
                container.resolve("rootfs"), chains.isEmpty() ? Optional.empty() : Optional.of(tree(chains.getLast())));
    }

    private Path tree(Digest chain) {
        return folders.of(chain).resolve(LayerFolders.TREE);
    }

    @Override
    public void discard(Path container) {
        space.trash(container.resolve("rootfs"));
        space.trash(container.resolve("rootfs.new"));
        space.durable().remove(container.resolve(COPIED));
    }

    /** {@return when this tree of a container was a copy of its image's; the beginning of time if nobody knows} */
    public static TreeEntry.Changed copied(Path rootfs) {
        try {
            Instant time =
                    Files.getLastModifiedTime(rootfs.resolveSibling(COPIED)).toInstant();
            return new TreeEntry.Changed(time.getEpochSecond(), time.getNano());
        } catch (IOException e) {
            return new TreeEntry.Changed(Long.MIN_VALUE, 0);
        }
    }

    @Override
    public List<Digest> list() {
        return folders.list();
    }

    @Override
    public Optional<String> damage(Digest chain) {
        return folders.damage(chain);
    }

    @Override
    public List<String> damaged() {
        return folders.damaged();
    }

    @Override
    public void removeDamaged(String name) {
        folders.removeDamaged(name);
    }

    @Override
    public void remove(Digest chain) {
        folders.remove(chain);
    }

    @Override
    public long usage(Digest chain) {
        return LayerRecord.read(folders.of(chain)).map(LayerRecord::bytes).orElse(0L);
    }

    @Override
    public List<Path> unproven(List<Digest> chains) {
        return chains.isEmpty() ? List.of() : folders.unproven(List.of(chains.getLast()));
    }
}
