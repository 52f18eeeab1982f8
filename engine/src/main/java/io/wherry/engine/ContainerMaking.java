package io.wherry.engine;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;

/** Makes a container: its network is claimed before it is created, and given back if it comes to nothing; a name that something dead or ending still has is waited for. */
final class ContainerMaking {
    private final Creation creation;
    private final Networks networks;
    private final ContainerVolumes volumes;
    private final StateRoot root;
    private final HealedContainers containers;
    private final ContainerRemoval removal;

    ContainerMaking(
            Creation creation,
            Networks networks,
            ContainerVolumes volumes,
            StateRoot root,
            HealedContainers containers,
            ContainerRemoval removal) {
        this.creation = creation;
        this.networks = networks;
        this.volumes = volumes;
        this.root = root;
        this.containers = containers;
        this.removal = removal;
    }

    /**
     * {@return the program of a container that now is on disk}
     *
     * @param lasts whether it must survive a power cut
     * @throws WherryException of kind ALREADY_EXISTS if its name is taken by one that lives
     */
    KernelProgram make(ContainerSpec spec, ContainerRoot from, ContainerId id, boolean lasts) {
        creation.requireLimit(spec, from);
        try {
            return connected(spec, from, id, lasts);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.ALREADY_EXISTS) {
                throw e;
            }
            ContainerId owner = Leftovers.owner(root.names().resolve(spec.name().orElse("")));
            if (owner != null) {
                removal.waitIfEnding(owner);
            }
            containers.all(); // frees the names that are nobody's
            return connected(spec, from, id, lasts);
        }
    }

    private KernelProgram connected(ContainerSpec asked, ContainerRoot from, ContainerId id, boolean lasts) {
        ContainerSpec spec = volumes.complete(asked, from);
        Creation.NetworkChoice network = networks.claim(spec, id);
        KernelProgram program;
        try {
            program = creation.create(spec, from, id, network, lasts);
        } catch (WherryException e) {
            networks.release(network, id);
            throw e;
        }
        if (ContainerVolumes.any(spec)) {
            withVolumes(spec, from, id);
        }
        return program;
    }

    private void withVolumes(ContainerSpec spec, ContainerRoot from, ContainerId id) {
        try {
            volumes.prepare(id, spec, from);
        } catch (WherryException e) {
            removal.remove(id, true);
            volumes.free(spec);
            throw e;
        }
    }
}
