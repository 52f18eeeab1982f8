package io.wherry.registry;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Where a registry's API is, and how it is spoken to.
 *
 * @param base scheme, host and port
 */
record Endpoint(String registry, URI base, Transport.Security security) {

    /**
     * {@return the endpoint of a registry}
     *
     * <p>TLS, but for registries that are configured otherwise and for those on loopback, which are asked: a question
     * without credentials, over plain HTTP, and over TLS if that is not understood. So nothing is ever downgraded.
     */
    static Endpoint find(String registry, RegistryConfig config, Transport transport, Duration limit)
            throws IOException {
        String authority = registry.equals(ImageReference.DEFAULT_REGISTRY) ? "registry-1.docker.io" : registry;
        if (config.plainHttpHosts().contains(registry)) {
            return new Endpoint(registry, uri("http", authority), Transport.Security.PLAIN);
        }
        if (config.insecureHosts().contains(registry)) {
            return new Endpoint(registry, uri("https", authority), Transport.Security.UNVERIFIED);
        }
        Endpoint protectedOne = new Endpoint(registry, uri("https", authority), Transport.Security.VERIFIED);
        if (!Hosts.isLoopback(Hosts.host(protectedOne.base))) {
            return protectedOne;
        }
        Endpoint plain = new Endpoint(registry, uri("http", authority), Transport.Security.PLAIN);
        return plain.speaksPlain(transport, limit) ? plain : protectedOne;
    }

    private boolean speaksPlain(Transport transport, Duration limit) throws IOException {
        try (Answer answer = transport.send(Question.get(base.resolve("/v2/"), Map.of()), security, limit)) {
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
        try (Answer answer = transport.send(Question.get(secure, Map.of()), Transport.Security.VERIFIED, limit)) {
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
        return security != Transport.Security.PLAIN || Hosts.isLoopback(Hosts.host(base));
    }

    /** {@return the address of a path of the API, such as {@code /v2/library/alpine/manifests/3}} */
    URI resolve(String path) {
        return base.resolve(path);
    }
}
