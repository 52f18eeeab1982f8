package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import io.wherry.store.disk.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One whole tree an image, all its layers applied one over the other; a container gets a copy of it, with shared blocks where the filesystem can. Works everywhere, and images that share layers share nothing.
 */
public final class DirDriver implements LayerDriver {
    static final String NAME = "dir";

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
        Path rootfs = container.resolve("rootfs");
        if (Files.exists(rootfs)) {
            return new RootfsMount.Bind(rootfs);
        }
        Path begun = container.resolve("rootfs.new");
        try {
            if (Files.exists(begun)) {
                space.removeTree(begun);
            }
            Files.createDirectories(begun);
            if (!chains.isEmpty()) {
                Digest top = chains.getLast();
                if (folders.usable(top).isEmpty()) {
                    throw folders.missing(top);
                }
                copy(folders.of(top).resolve(LayerFolders.TREE), begun);
            }
            Files.move(begun, rootfs);
        } catch (IOException e) {
            throw Durable.failure("make", rootfs, e);
        }
        return new RootfsMount.Bind(rootfs);
    }

    @Override
    public RootfsMount mount(Path container, List<Digest> chains) {
        if (!has(chains)) {
            throw folders.missing(chains.getLast());
        }
        return new RootfsMount.Bind(container.resolve("rootfs"));
    }

    private void copy(Path from, Path to) {
        try (TreeSession session = space.pilots().open(TreeTarget.plain(space.root()));
                TreeStream out = new TreeStream(
                        session, TreeStream.Parents.REQUIRE, space.root().resolve("tmp/spill"))) {
            out.copy(space.inRoot(from), space.inRoot(to));
            out.finish();
        }
    }

    @Override
    public void discard(Path container) {
        space.trash(container.resolve("rootfs"));
        space.trash(container.resolve("rootfs.new"));
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
