package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.Digest;
import io.wherry.store.disk.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One folder a layer, in overlayfs' own form; a container is an overlay mount on them. */
public final class OverlayDriver implements LayerDriver {
    static final String NAME = "overlay";

    private final StoreSpace space;
    private final LayerFolders folders;

    public OverlayDriver(StoreSpace space) {
        this.space = space;
        this.folders = new LayerFolders(space, NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean has(List<Digest> chains) {
        return chains.isEmpty() || usableWithAllBelow(chains.getLast()).isPresent();
    }

    private Optional<LayerRecord> usableWithAllBelow(Digest top) {
        Optional<LayerRecord> record = folders.usable(top);
        if (record.isPresent()) {
            for (String lower : record.get().lowers()) {
                if (!folders.isTrusted(lower)) {
                    return Optional.empty();
                }
            }
        }
        return record;
    }

    @Override
    public ImageUnpacking unpack(List<Digest> chains) {
        return new OverlayUnpacking(space, folders, chains);
    }

    @Override
    public RootfsMount prepare(Path container, List<Digest> chains) {
        RootfsMount mount = mount(container, chains);
        Path upper = container.resolve("upper");
        try {
            Files.createDirectories(upper);
            Files.createDirectories(container.resolve("work"));
        } catch (IOException e) {
            throw Durable.failure("make", upper, e);
        }
        return mount;
    }

    /** {@inheritDoc} What the original hides of its layers stays hidden. */
    @Override
    public RootfsMount copy(Path original, Path container, List<Digest> chains) {
        RootfsMount mount = prepare(container, chains);
        space.copyTree(TreeTarget.overlay(space.root()), original.resolve("upper"), container.resolve("upper"), true);
        return mount;
    }

    @Override
    public RootfsMount mount(Path container, List<Digest> chains) {
        List<String> lowers = new ArrayList<>();
        Attributes root = Attributes.IMPLIED_FOLDER;
        if (!chains.isEmpty()) {
            Digest top = chains.getLast();
            Optional<LayerRecord> record = usableWithAllBelow(top);
            if (record.isEmpty()) {
                throw folders.missing(top);
            }
            root = record.get().root();
            lowers.add(LayerFolders.name(top) + "/" + LayerFolders.TREE);
            for (String lower : record.get().lowers()) {
                lowers.add(lower + "/" + LayerFolders.TREE);
            }
        }
        return new RootfsMount.Overlay(
                folders.folder(), lowers, container.resolve("upper"), container.resolve("work"), root);
    }

    @Override
    public void discard(Path container) {
        space.trash(container.resolve("upper"));
        space.trash(container.resolve("work"));
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
