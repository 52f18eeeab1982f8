package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.network.BridgeNetwork;
import io.wherry.oci.WherryException;
import io.wherry.store.content.ContentStore;
import io.wherry.store.disk.FileLocks;
import java.util.List;
import java.util.Optional;

/** Takes down the networks of a root on which no container has an address, running or not: bridge, firewall table and the choice of the subnet. The next container that is to be there makes them again. */
final class NetworkPrune {
    private final StateRoot root;
    private final ContainerFiles files;
    private final ContentStore content;
    private final Launcher launcher;

    NetworkPrune(StateRoot root, ContainerFiles files, ContentStore content, Launcher launcher) {
        this.root = root;
        this.files = files;
        this.content = content;
        this.launcher = launcher;
    }

    /** {@return the names of those that are gone; none while a container is being made, which may have just taken an address} */
    List<String> run() {
        Optional<FileLocks.Held> alone = content.alone();
        if (alone.isEmpty()) {
            return List.of();
        }
        try (FileLocks.Held _ = alone.get()) {
            Optional<BridgeNetwork> bridge = BridgeNetwork.existing(root.root());
            if (bridge.isEmpty() || isUsed()) {
                return List.of();
            }
            TaskResult result = launcher.task(bridge.get().removal().compile(0), Assembler.PILOT);
            if (!result.ok()) {
                throw new WherryException(
                        WherryException.Kind.UNAVAILABLE,
                        "The network `" + BridgeNetwork.NAME + "` with its interface "
                                + bridge.get().bridge() + " cannot be taken down"
                                + result.failure()
                                        .map(failure -> ": " + failure.errnoName())
                                        .orElse("")
                                + ".");
            }
            return List.of(BridgeNetwork.NAME);
        }
    }

    private boolean isUsed() {
        for (ContainerId id : files.ids()) {
            if (files.read(id).damage().isPresent()
                    || files.record(id).address().isPresent()) {
                return true;
            }
        }
        return false;
    }
}
