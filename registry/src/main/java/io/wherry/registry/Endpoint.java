package io.wherry.registry;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where a registry's API is, and how it is spoken to.
 *
 * @param registry whose credentials are shown to it
 * @param base scheme, host and port
 * @param root the path of the API, usually {@code /v2}
 * @param headers sent with each request
 * @param mirrored the registry in whose place it answers; empty for its own
 */
record Endpoint(
        String registry, URI base, String root, Connection connection, Map<String, String> headers, String mirrored) {
    private static final String HUB = "registry-1.docker.io";

    /**
     * {@return the endpoint of a registry itself}
     *
     * <p>TLS, but for registries that are configured otherwise and for those on loopback, which are asked: a question
     * without credentials, over plain HTTP, and over TLS if that is not understood. So nothing is ever downgraded.
     *
     * @param host what else is known about it, but for its address
     */
    static Endpoint find(String registry, RegistryHost host, RegistryConfig config, Transport transport, Duration limit)
            throws IOException {
        String authority = registry.equals(ImageReference.DEFAULT_REGISTRY) ? HUB : registry;
        if (config.plainHttpHosts().contains(registry)) {
            return of(registry, host, uri("http", authority), Transport.Security.PLAIN);
        }
        boolean unverified = config.insecureHosts().contains(registry) || host.skipVerify();
        Endpoint protectedOne = of(
                registry,
                host,
                uri("https", authority),
                unverified ? Transport.Security.UNVERIFIED : Transport.Security.VERIFIED);
        if (unverified || !Hosts.isLoopback(Hosts.host(protectedOne.base))) {
            return protectedOne;
        }
        Endpoint plain = of(registry, host, uri("http", authority), Transport.Security.PLAIN);
        return plain.speaksPlain(transport, limit) ? plain : protectedOne;
    }

    /** {@return the endpoint of a host whose address is written down} A mirror is shown its own credentials, not those of the registry in whose place it answers. */
    static Endpoint at(String registry, RegistryHost host, URI base) {
        boolean plain = base.getScheme().equalsIgnoreCase("http");
        Transport.Security security = plain
                ? Transport.Security.PLAIN
                : host.skipVerify() ? Transport.Security.UNVERIFIED : Transport.Security.VERIFIED;
        boolean own =
                base.getAuthority().equals(registry) || base.getAuthority().equals(HUB) && isHub(registry);
        Endpoint endpoint = of(own ? registry : base.getAuthority(), host, base, security);
        return own
                ? endpoint
                : new Endpoint(endpoint.registry, base, endpoint.root, endpoint.connection, endpoint.headers, registry);
    }

    private static boolean isHub(String registry) {
        return registry.equals(ImageReference.DEFAULT_REGISTRY);
    }

    private static Endpoint of(String registry, RegistryHost host, URI base, Transport.Security security) {
        Connection connection = new Connection(security, host.authorities(), host.clients(), host.dialTimeout());
        return new Endpoint(registry, base, host.root(), connection, host.headers(), "");
    }

    Transport.Security security() {
        return connection.security();
    }

    /** {@return the question with what this endpoint is sent beside it} */
    Question dressed(Question question, Optional<String> authorization) {
        Question dressed = question;
        if (Hosts.sameOrigin(base, question.uri())) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                dressed = dressed.with(header.getKey(), header.getValue());
            }
        }
        return authorization.isPresent() ? dressed.with("Authorization", authorization.get()) : dressed;
    }

    private boolean speaksPlain(Transport transport, Duration limit) throws IOException {
        try (Answer answer = transport.send(Question.get(resolve("/v2/"), Map.of()), connection, limit)) {
            // Servers of TLS that are kind to lost clients explain themselves with a 400.
            return answer.status() != 400
                    || !new String(answer.readUpTo(64 << 10), StandardCharsets.ISO_8859_1)
                            .toUpperCase(java.util.Locale.ROOT)
                            .contains("HTTPS");
        } catch (Fault fault) {
            if (fault.at() != Fault.At.TRANSFER) {
                throw fault;
            }
            return !speaksTls(transport, limit);
        }
    }

    private boolean speaksTls(Transport transport, Duration limit) throws IOException {
        URI secure = uri("https", base.getAuthority()).resolve("/v2/");
        Connection verified = connection.toNeighbour(Transport.Security.VERIFIED);
        try (Answer answer = transport.send(Question.get(secure, Map.of()), verified, limit)) {
            return answer.status() > 0;
        } catch (Fault fault) {
            // A certificate that is not believed is TLS all the same; the pull itself will say so.
            return fault.at() == Fault.At.TLS && !fault.reason().contains("does not speak TLS");
        }
    }

    private static URI uri(String scheme, String authority) {
        try {
            return URI.create(scheme + "://" + authority + "/");
        } catch (IllegalArgumentException e) {
            throw new WherryException(Kind.INVALID, "`" + authority + "` is not the address of a registry.", e);
        }
    }

    /** {@return whether credentials may travel on this connection} */
    boolean maySendCredentials() {
        return security() != Transport.Security.PLAIN || Hosts.isLoopback(Hosts.host(base));
    }

    /** {@return the address of a path of the API, such as {@code /v2/library/alpine/manifests/3}} */
    URI resolve(String path) {
        return base.resolve(root + path.substring(RegistryHost.ROOT.length()));
    }

    /** {@return the same for what a mirror answers, which is told for whom} */
    URI resolveRead(String path) {
        String separator = path.indexOf('?') < 0 ? "?" : "&";
        return resolve(mirrored.isEmpty() ? path : path + separator + "ns=" + mirrored);
    }
}
