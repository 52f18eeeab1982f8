package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;

/** Containers as commands look at them: what a lost monitor left behind is healed first. Safe for several threads. */
final class HealedContainers {
    private final ContainerFiles files;
    private final Healing healing;
    private final Leftovers leftovers;

    HealedContainers(ContainerFiles files, Healing healing, Leftovers leftovers) {
        this.files = files;
        this.healing = healing;
        this.leftovers = leftovers;
    }

    /**
     * {@return the container that a name, an id or the beginning of an id names}
     *
     * @throws WherryException of kind NOT_FOUND if there is none, also because healing has removed it
     */
    ContainerId find(String word) {
        healing.heal(files.find(word));
        return files.find(word);
    }

    /** {@return all containers in the order of their creation, the newest first} What belongs to none is collected. */
    List<Container> all() {
        List<Container> containers = new ArrayList<>();
        for (ContainerId id : files.ids()) {
            FolderLook look = files.look(id);
            try {
                look = healing.heal(id, look) ? files.look(id) : look;
            } catch (WherryException e) {
                look = files.look(id); // its state is shown as it is; whoever names it meets the error
            }
            try {
                containers.add(files.found(id, look).container());
            } catch (WherryException e) {
                // healing, or another command, has removed it
            }
        }
        leftovers.collect(containers);
        containers.sort((a, b) -> b.created().compareTo(a.created()));
        return containers;
    }
}
