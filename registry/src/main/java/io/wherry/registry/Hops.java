package io.wherry.registry;

import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Follows redirects by hand, since each is a stranger's wish: at most ten, never from TLS to plain HTTP, never to an
 * address that only this machine or its cloud can mean, and without credentials as soon as scheme, host or port change,
 * for good.
 */
final class Hops {
    private static final int MAX = 10;

    private final RegistryConfig config;
    private final Transport transport;

    Hops(RegistryConfig config, Transport transport) {
        this.config = config;
        this.transport = transport;
    }

    /**
     * {@return the first answer that is no redirect; what changes something is sent on only by 307 and 308}
     *
     * @param authorization for the host of the first question
     */
    Answer send(Endpoint endpoint, Question first, Optional<String> authorization, Duration limit) throws IOException {
        Question question = first;
        boolean sameOrigin = true;
        for (int hop = 0; hop <= MAX; hop++) {
            Question sent = sameOrigin ? endpoint.dressed(question, authorization) : question;
            Answer answer = transport.send(sent, connection(endpoint, question.uri()), limit);
            if (!isRedirect(answer)) {
                return answer;
            }
            answer.discard();
            if (!question.isRead() && answer.status() < 307) {
                throw refused(answer, "is redirected with " + answer.status() + ", which would make it a GET");
            }
            URI next = target(answer);
            check(endpoint, answer, next);
            sameOrigin &= Hosts.sameOrigin(question.uri(), next);
            question = question.at(next);
        }
        throw refused(first.method(), first.uri(), 0, "is redirected more than " + MAX + " times");
    }

    /** {@return where an answer's Location points, which may be relative} Held to what redirects are held to. */
    URI location(Endpoint endpoint, Answer answer) throws IOException {
        URI next = target(answer);
        check(endpoint, answer, next);
        return next;
    }

    /** {@return how {@code uri} is connected to: as the registry if it is the registry, else by what is configured} */
    Connection connection(Endpoint endpoint, URI uri) {
        if (Hosts.sameOrigin(endpoint.base(), uri)) {
            return endpoint.connection();
        }
        Transport.Security security = uri.getScheme().equalsIgnoreCase("http")
                ? Transport.Security.PLAIN
                : config.insecureHosts().contains(uri.getAuthority())
                        ? Transport.Security.UNVERIFIED
                        : Transport.Security.VERIFIED;
        return Hosts.sameOwner(Hosts.host(endpoint.base()), Hosts.host(uri))
                ? endpoint.connection().toNeighbour(security)
                : Connection.of(security);
    }

    private static boolean isRedirect(Answer answer) {
        int status = answer.status();
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static URI target(Answer answer) {
        String location = answer.header("Location");
        if (location.isEmpty()) {
            throw refused(answer, "is redirected, but not told where to");
        }
        try {
            return answer.uri().resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw refused(answer, "is redirected to what is no address");
        }
    }

    private void check(Endpoint endpoint, Answer from, URI to) throws IOException {
        String scheme = to.getScheme() == null ? "" : to.getScheme();
        boolean plain = scheme.equalsIgnoreCase("http");
        if ((!plain && !scheme.equalsIgnoreCase("https")) || to.getHost() == null || to.getRawUserInfo() != null) {
            throw refused(from, "is redirected to what is no web address");
        }
        if (plain && from.uri().getScheme().equalsIgnoreCase("https")) {
            throw refused(from, "is redirected from TLS to plain HTTP");
        }
        if (plain
                && !Hosts.sameOrigin(endpoint.base(), to)
                && !Hosts.isLoopback(Hosts.host(to))
                && !config.plainHttpHosts().contains(to.getAuthority())) {
            throw refused(from, "is redirected to plain HTTP on `" + to.getAuthority() + "`");
        }
        requireReachable(endpoint, to, () -> refused(from, "is redirected to an address inside: " + to.getAuthority()));
    }

    /** Refuses addresses that a registry has no reason to name; a registry on loopback may name loopback. */
    void requireReachable(Endpoint endpoint, URI to, Supplier<RegistryException> refusal) throws IOException {
        String host = Hosts.host(to);
        if (host.equals(Hosts.host(endpoint.base()))) {
            return;
        }
        if (config.proxies().towards(to).isPresent() && !Hosts.isAddress(host)) {
            // The proxy looks the name up; from where it is, "inside" is something else.
            return;
        }
        boolean local = Hosts.isLoopback(Hosts.host(endpoint.base()));
        for (InetAddress address : transport.addresses(host, config.patience().connect())) {
            if (Hosts.isNeverARegistry(address) || (!local && address.isLoopbackAddress())) {
                throw refusal.get();
            }
        }
    }

    private static RegistryException refused(Answer from, String problem) {
        return refused(from.method(), from.uri(), from.status(), problem);
    }

    private static RegistryException refused(String method, URI uri, int status, String problem) {
        return new RegistryException(
                Kind.DENIED,
                method + " " + Answer.url(uri) + " " + problem + ", which Wherry does not follow.",
                null,
                method,
                Answer.url(uri),
                status,
                List.of());
    }
}
