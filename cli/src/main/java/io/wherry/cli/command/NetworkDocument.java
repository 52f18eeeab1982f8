package io.wherry.cli.command;

import io.wherry.engine.Container;
import io.wherry.network.Lease;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import java.util.Optional;

/** The section NetworkSettings of {@link ContainerDocument}. An address is shown while the container may use it. */
final class NetworkDocument {
    private NetworkDocument() {}

    static JsonObject of(Container container, Optional<Lease> lease) {
        boolean up = container.status().isAttended();
        Optional<Lease> used = up ? lease : Optional.empty();
        String name = container.spec().network().orElse(lease.isPresent() ? "bridge" : "none");
        JsonObject.Builder settings = JsonObject.builder()
                .put("Bridge", "")
                .put("SandboxID", up ? container.id() : "")
                .put("HairpinMode", false)
                .put("LinkLocalIPv6Address", "")
                .put("LinkLocalIPv6PrefixLen", 0)
                .put("Ports", JsonObject.empty())
                .put(
                        "SandboxKey",
                        container.pid().isPresent() ? "/proc/" + container.pid().getAsLong() + "/ns/net" : "")
                .put("SecondaryIPAddresses", JsonNull.INSTANCE)
                .put("SecondaryIPv6Addresses", JsonNull.INSTANCE);
        settings.put("EndpointID", "");
        gateway(settings, used);
        noGlobal(settings);
        address(settings, used);
        settings.put("IPv6Gateway", "");
        mac(settings, used);
        JsonObject.Builder network = JsonObject.builder()
                .put("IPAMConfig", JsonNull.INSTANCE)
                .put("Links", JsonNull.INSTANCE)
                .put("Aliases", JsonNull.INSTANCE)
                .put("NetworkID", name)
                .put("EndpointID", "");
        gateway(network, used);
        address(network, used);
        network.put("IPv6Gateway", "");
        noGlobal(network);
        mac(network, used);
        network.put("DriverOpts", JsonNull.INSTANCE);
        return settings.put(
                        "Networks",
                        JsonObject.builder().put(name, network.build()).build())
                .build();
    }

    private static void gateway(JsonObject.Builder json, Optional<Lease> lease) {
        json.put("Gateway", lease.map(own -> own.gateway().toString()).orElse(""));
    }

    private static void address(JsonObject.Builder json, Optional<Lease> lease) {
        json.put("IPAddress", lease.map(own -> own.address().toString()).orElse(""))
                .put("IPPrefixLen", lease.map(own -> own.subnet().length()).orElse(0));
    }

    private static void mac(JsonObject.Builder json, Optional<Lease> lease) {
        json.put("MacAddress", lease.map(Lease::mac).orElse(""));
    }

    private static void noGlobal(JsonObject.Builder json) {
        json.put("GlobalIPv6Address", "").put("GlobalIPv6PrefixLen", 0);
    }
}
