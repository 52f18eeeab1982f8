package io.wherry.registry;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Answers one registry's challenges, and remembers the answers: a token per repository and action, or Basic credentials.
 *
 * <p>Several threads may ask; one of them fetches, the others take what it got. Credentials are looked for once, and
 * only when the registry wants some.
 *
 * @see "OCI distribution-spec v1.1; distribution, Token Authentication Specification"
 */
final class Authorizer {
    private final Endpoint endpoint;
    private final TokenService tokens;
    private final CredentialSource source;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Access, Grant> grants = new HashMap<>();
    private final Map<String, Optional<Credentials>> found = new HashMap<>();
    private volatile String identity = "no credentials sent";
    private volatile Optional<Secret> identityToken = Optional.empty();

    /** What to send, and for a token until when by the forward clock, and where to get the next one. */
    private record Grant(String authorization, long expires, Optional<Issuer> issuer) {}

    private record Issuer(URI realm, Optional<String> service) {}

    Authorizer(Endpoint endpoint, TokenService tokens, CredentialSource source, Ticker ticker) {
        this.endpoint = endpoint;
        this.tokens = tokens;
        this.source = source;
        this.ticker = ticker;
    }

    /** {@return as whom the registry was asked, for messages} */
    String identity() {
        return identity;
    }

    /** {@return a token for tokens, if the registry's service has given one} */
    Optional<Secret> identityToken() {
        return identityToken;
    }

    /** {@return the header to send for this, if one is known; a token that has expired is renewed first} */
    Optional<String> current(Access access, Duration limit) throws IOException {
        lock.lock();
        try {
            Grant grant = grants.get(access);
            if (grant == null) {
                return Optional.empty();
            }
            if (grant.expires - ticker.nanoTime() <= 0 && grant.issuer.isPresent()) {
                grants.remove(access);
                grant = token(grant.issuer.get(), access, limit);
                grants.put(access, grant);
            }
            return Optional.of(grant.authorization);
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the header that answers a 401; nothing if there is no answer}
     *
     * @param refused what was sent and refused
     */
    Optional<String> answer(Answer unauthorized, Access access, Optional<String> refused, Duration limit)
            throws IOException {
        lock.lock();
        try {
            Grant other = grants.get(access);
            if (other != null && !Optional.of(other.authorization).equals(refused)) {
                // Another thread got it meanwhile.
                return Optional.of(other.authorization);
            }
            grants.remove(access);
            List<Challenge> challenges = Challenge.parse(unauthorized.allHeaders("WWW-Authenticate"));
            Grant grant = null;
            for (Challenge challenge : challenges) {
                if (challenge.scheme().equals("bearer")
                        && challenge.parameter("realm").isPresent()) {
                    grant = bearer(challenge, unauthorized, access, limit);
                    break;
                }
            }
            if (grant == null && offersBasic(challenges)) {
                grant = basic(unauthorized, access.repository());
            }
            if (grant == null || Optional.of(grant.authorization).equals(refused)) {
                return Optional.empty();
            }
            grants.put(access, grant);
            return Optional.of(grant.authorization);
        } finally {
            lock.unlock();
        }
    }

    private Grant bearer(Challenge challenge, Answer unauthorized, Access access, Duration limit) throws IOException {
        URI realm = tokens.realm(endpoint, challenge, unauthorized);
        return token(new Issuer(realm, challenge.parameter("service")), access, limit);
    }

    private Grant token(Issuer issuer, Access access, Duration limit) throws IOException {
        URI realm = issuer.realm;
        Optional<Credentials> credentials = Optional.empty();
        if (tokens.mayLearnCredentials(endpoint, realm)) {
            credentials = credentials(access.repository());
            identify(credentials);
        } else {
            identity = "no credentials sent, since the token service " + Hosts.host(realm) + " is another owner's";
        }
        long asked = ticker.nanoTime();
        TokenService.Token token = tokens.fetch(endpoint, realm, issuer.service, access, credentials, limit);
        identityToken = token.identity();
        return new Grant(
                "Bearer " + token.value().reveal(), asked + token.validity().toNanos(), Optional.of(issuer));
    }

    private static boolean offersBasic(List<Challenge> challenges) {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("basic")) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Grant basic(Answer unauthorized, String repository) {
        Optional<Credentials> credentials = credentials(repository);
        identify(credentials);
        if (credentials.isEmpty() || !(credentials.get() instanceof Credentials.Basic basic)) {
            return null;
        }
        if (!endpoint.maySendCredentials()) {
            throw new RegistryException(
                    Kind.DENIED,
                    "`" + endpoint.registry() + "` wants a password, which is not sent over plain HTTP.",
                    "Give the registry a certificate, or pull what needs no password.",
                    unauthorized.method(),
                    unauthorized.url(),
                    unauthorized.status(),
                    List.of());
        }
        return new Grant(basicHeader(basic), 0, Optional.empty());
    }

    static String basicHeader(Credentials.Basic basic) {
        String pair = basic.username() + ":" + basic.password().reveal();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<Credentials> credentials(String repository) {
        Optional<Credentials> known = found.get(repository);
        if (known == null) {
            known = source.find(endpoint.registry(), repository);
            found.put(repository, known);
        }
        return known;
    }

    private void identify(Optional<Credentials> credentials) {
        if (credentials.isEmpty()) {
            identity = "no credentials sent";
        } else if (credentials.get() instanceof Credentials.Basic basic) {
            identity = "as user " + basic.username();
        } else {
            identity = "with an identity token";
        }
    }
}
