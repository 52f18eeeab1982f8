package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeException;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One subvolume of btrfs a layer: a snapshot of the one below with its archive applied, so that images share what their layers share. A container gets a snapshot of the uppermost, in a time
 * that does not depend on its size.
 *
 * <p>Every tree is whole by itself: a container needs no layer any more, and a layer none below it.
 */
public final class BtrfsDriver implements LayerDriver {
    static final String NAME = "btrfs";

    private final StoreSpace space;
    private final LayerFolders folders;

    public BtrfsDriver(StoreSpace space) {
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
        return new BtrfsUnpacking(space, folders, chains);
    }

    /** {@inheritDoc} A snapshot is there whole or not at all: no temporary name is needed. */
    @Override
    public RootfsMount prepare(Path container, List<Digest> chains) {
        RootfsMount mount = mount(container, chains);
        Path rootfs = container.resolve("rootfs");
        if (!Files.exists(rootfs, LinkOption.NOFOLLOW_LINKS)) {
            Subvolumes subvolumes = new Subvolumes(space);
            if (chains.isEmpty()) {
                subvolumes.make(rootfs);
            } else {
                subvolumes.snapshot(tree(chains.getLast()), rootfs);
            }
        }
        return mount;
    }

    /** {@inheritDoc} One that has made subvolumes of its own is copied file by file, with shared blocks: a snapshot would leave them out. */
    @Override
    public RootfsMount copy(Path original, Path container, List<Digest> chains) {
        Subvolumes subvolumes = new Subvolumes(space);
        Path from = original.resolve("rootfs");
        Path rootfs = container.resolve("rootfs");
        try {
            subvolumes.snapshot(from, rootfs);
        } catch (TreeException e) {
            if (e.errno() != TreeException.EXDEV) {
                throw e;
            }
            subvolumes.make(rootfs);
            space.copyTree(TreeTarget.plain(space.root()), from, rootfs, true);
        }
        return mount(container, chains);
    }

    @Override
    public RootfsMount mount(Path container, List<Digest> chains) {
        if (!has(chains)) {
            throw folders.missing(chains.getLast());
        }
        return new RootfsMount.Bind(
                container.resolve("rootfs"), chains.isEmpty() ? Optional.empty() : Optional.of(tree(chains.getLast())));
    }

    private Path tree(Digest chain) {
        return folders.of(chain).resolve(LayerFolders.TREE);
    }

    @Override
    public void discard(Path container) {
        space.trash(container.resolve("rootfs"));
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
        return folders.unproven(chains);
    }
}
