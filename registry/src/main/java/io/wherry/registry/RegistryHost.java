package io.wherry.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A host that answers for a registry, as somebody has written it down.
 *
 * @param base scheme, host and port; absent where nothing but certificates is known, for the registry's own
 * @param root the path of its API, usually {@code /v2}
 * @param capabilities what it is asked for
 * @param authorities files of certificates that are believed
 * @param clients certificates of ours
 * @param skipVerify whether its certificate is not looked at
 * @param headers sent with each request to it
 * @param dialTimeout how long connecting may take
 */
public record RegistryHost(
        Optional<URI> base,
        String root,
        Set<Capability> capabilities,
        List<Path> authorities,
        List<ClientPair> clients,
        boolean skipVerify,
        Map<String, String> headers,
        Optional<Duration> dialTimeout) {
    static final String ROOT = "/v2";

    /** What a host is asked for. */
    public enum Capability {
        /** Blobs, and manifests by digest: what can be checked. */
        PULL,
        /** What a tag stands for: the host is trusted. */
        RESOLVE,
        /** It takes what is pushed. */
        PUSH
    }

    public RegistryHost {
        capabilities = Set.copyOf(capabilities);
        authorities = List.copyOf(authorities);
        clients = List.copyOf(clients);
        headers = Map.copyOf(headers);
    }

    /** {@return a host for everything, of which nothing is known} */
    static RegistryHost plain() {
        return new RegistryHost(
                Optional.empty(),
                ROOT,
                EnumSet.allOf(Capability.class),
                List.of(),
                List.of(),
                false,
                Map.of(),
                Optional.empty());
    }

    boolean can(Capability capability) {
        return capabilities.contains(capability);
    }
}
