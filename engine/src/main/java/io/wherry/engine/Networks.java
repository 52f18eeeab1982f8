package io.wherry.engine;

import io.wherry.engine.Creation.NetworkChoice;
import io.wherry.kernel.host.HostFacts;
import io.wherry.network.BridgeNetwork;
import io.wherry.network.Lease;
import io.wherry.network.LoopbackNetwork;
import io.wherry.network.Resolver;
import io.wherry.oci.WherryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Which network a container gets: bridge for system root, none for others, unless the user says so. */
final class Networks {
    private static final String NONE = "none";
    private static final String HOST = "host";
    private static final Path HOST_RESOLVER = Path.of("/etc/resolv.conf");

    private final StateRoot root;
    private final HostFacts facts;

    Networks(StateRoot root, HostFacts facts) {
        this.root = root;
        this.facts = facts;
    }

    /** Takes what a container needs; {@link #release} gives it back if the container comes to nothing. */
    NetworkChoice claim(ContainerSpec spec, ContainerId id) {
        if (!isBridge(spec)) {
            return plain(spec);
        }
        BridgeNetwork bridge = BridgeNetwork.open(root.root());
        return attached(bridge, bridge.claim(id.text()), id);
    }

    /** {@return what {@link #claim} would take; nothing is taken} */
    NetworkChoice preview(ContainerSpec spec, ContainerId id) {
        if (!isBridge(spec)) {
            return plain(spec);
        }
        BridgeNetwork bridge = BridgeNetwork.preview(root.root());
        return attached(bridge, bridge.preview(id.text()), id);
    }

    /** {@return what a container was given when it was created} */
    NetworkChoice again(ContainerRecord record) {
        if (record.address().isEmpty()) {
            return plain(record.spec());
        }
        BridgeNetwork bridge = BridgeNetwork.open(root.root());
        return attached(bridge, bridge.lease(record.address().get()), record.id());
    }

    /** Gives a lease back. */
    void release(NetworkChoice choice, ContainerId id) {
        if (choice.address().isPresent()) {
            BridgeNetwork bridge = BridgeNetwork.open(root.root());
            bridge.release(bridge.lease(choice.address().get()), id.text());
        }
    }

    private boolean isBridge(ContainerSpec spec) {
        String mode = spec.network().orElse(facts.root() ? BridgeNetwork.NAME : NONE);
        if (mode.equals(BridgeNetwork.NAME) || mode.equals("default")) {
            if (!facts.root()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "An ordinary user cannot attach containers to a bridge.",
                        "Use --network none or --network host.");
            }
            return true;
        }
        if (!mode.equals(NONE) && !mode.equals(HOST)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The network `" + mode + "` is not known; bridge, none and host are.");
        }
        return false;
    }

    private static NetworkChoice attached(BridgeNetwork bridge, Lease lease, ContainerId id) {
        return new NetworkChoice(
                Optional.of(bridge.attachment(lease, id.text())),
                Optional.of(lease.address().toString()),
                Optional.of(Resolver.content()),
                bridge.parameters());
    }

    private static NetworkChoice plain(ContainerSpec spec) {
        boolean host = spec.network().orElse("").equals(HOST);
        return new NetworkChoice(
                host ? Optional.empty() : Optional.of(new LoopbackNetwork()),
                Optional.empty(),
                host ? StateFile.read(HOST_RESOLVER.toAbsolutePath()) : Optional.empty(),
                Map.of());
    }
}
