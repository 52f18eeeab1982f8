package io.wherry.engine;

import io.wherry.engine.CheckedObject.Kind;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.store.layer.ChainId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at everything below a root and tells of each object whether it is as it should be. Nothing is changed unless it is asked to mend, and then only what can be mended without a loss.
 *
 * @param full whether blobs are read to their end
 * @param repair whether to mend
 */
public record RootCheck(boolean full, boolean repair) {
    List<CheckedObject> run(StateRoot root, ImageCatalog images, ContainerFiles files, List<Container> containers) {
        List<CheckedObject> found = new ArrayList<>();
        Set<Digest> inUse = new HashSet<>();
        for (Container container : containers) {
            ContainerId id = new ContainerId(container.id());
            if (container.status().isAttended() || files.attended(id)) {
                inUse.addAll(ChainId.of(files.layers(id)));
            }
            found.add(container(root, files, container));
        }
        found.addAll(new ImageCheck(images, inUse, full, repair).run());
        leftovers(root, images, found);
        return found;
    }

    private CheckedObject container(StateRoot root, ContainerFiles files, Container container) {
        ContainerId id = new ContainerId(container.id());
        String shown = container.name().isEmpty() ? id.abbreviated() : container.name();
        String removal = "`wherry rm -f " + id.abbreviated() + "` removes it.";
        if (container.damage().isPresent()) {
            return CheckedObject.damaged(
                    Kind.CONTAINER, shown, container.damage().get(), removal);
        }
        try {
            files.program(id);
            files.config(id);
        } catch (WherryException e) {
            return CheckedObject.damaged(Kind.CONTAINER, shown, e.getMessage(), removal);
        }
        Path name = root.names().resolve(container.name());
        if (!id.equals(Leftovers.owner(name))) {
            boolean free = !Files.exists(name, LinkOption.NOFOLLOW_LINKS);
            CheckedObject damaged = CheckedObject.damaged(
                    Kind.CONTAINER,
                    shown,
                    "its name " + (free ? "is missing" : "is taken or damaged"),
                    "`wherry rename " + id.abbreviated() + " NAME` gives it another.");
            if (repair && free) {
                ContainerNames.take(root.names(), Optional.of(container.name()), id, true);
                return damaged.mended();
            }
            return damaged;
        }
        return CheckedObject.ok(Kind.CONTAINER, shown);
    }

    /** They are no damage: the next pull sweeps them. */
    private void leftovers(StateRoot root, ImageCatalog images, List<CheckedObject> found) {
        for (String place : List.of("tmp", "trash")) {
            Path folder = root.root().resolve(place);
            if (repair) {
                images.storage().space().sweep();
            }
            if (Files.isDirectory(folder)) {
                for (String name : StateFile.list(folder)) {
                    found.add(CheckedObject.ok(Kind.LEFTOVER, place + "/" + name));
                }
            }
        }
    }
}
