package io.wherry.registry;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonLimits;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gets bearer tokens from where a registry's challenge points.
 *
 * <p>The realm is the registry's word, and so may be an attacker's. It must be protected by TLS, or be the host of a
 * registry that is itself spoken to without; it learns credentials only if it belongs to the registry's owner. The scope
 * is always our own: what is about to be done, whatever the challenge asks for.
 *
 * @see "distribution, Token Authentication Specification and OAuth2 Token Authentication"
 * @see "RFC 6749, section 6; RFC 6750"
 */
final class TokenService {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_TOKEN = 256 << 10;
    /** Owners of several domains: the registry's host, then its token service's. */
    private static final Map<String, String> KNOWN_PAIRS = Map.of("registry-1.docker.io", "auth.docker.io");

    private final Hops hops;
    private final Transport transport;

    /**
     * A token and how long it is good for, counted from the moment in which it was asked for.
     *
     * @param identity a token for tokens, which a login may be given to keep
     */
    record Token(Secret value, Duration validity, Optional<Secret> identity) {}

    TokenService(Hops hops, Transport transport) {
        this.hops = hops;
        this.transport = transport;
    }

    /** {@return the address of the token service, which is fit to be asked at all} */
    URI realm(Endpoint endpoint, Challenge challenge, Answer unauthorized) throws IOException {
        String text = challenge.parameter("realm").orElse("");
        URI realm;
        try {
            realm = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(unauthorized, "points to a token service without an address");
        }
        String scheme = realm.getScheme() == null ? "" : realm.getScheme();
        if (realm.getHost() == null || realm.getRawUserInfo() != null || realm.getRawFragment() != null) {
            throw refused(unauthorized, "points to a token service without an address");
        }
        boolean sameHost = Hosts.host(realm).equals(Hosts.host(endpoint.base()));
        boolean plainAllowed = endpoint.security() == Transport.Security.PLAIN && sameHost;
        if (!scheme.equalsIgnoreCase("https") && !(scheme.equalsIgnoreCase("http") && plainAllowed)) {
            throw refused(unauthorized, "points to a token service at `" + text + "`, which is not protected by TLS");
        }
        hops.requireReachable(
                endpoint, realm, () -> refused(unauthorized, "points to a token service at an address inside"));
        return realm;
    }

    boolean mayLearnCredentials(Endpoint endpoint, URI realm) {
        String host = Hosts.host(endpoint.base());
        if (realm.getScheme().equalsIgnoreCase("http")) {
            return Hosts.isLoopback(host) && Hosts.host(realm).equals(host);
        }
        return Hosts.sameOwner(host, Hosts.host(realm)) || Hosts.host(realm).equals(KNOWN_PAIRS.get(host));
    }

    Token fetch(
            Endpoint endpoint,
            URI realm,
            Optional<String> service,
            Access access,
            Optional<Credentials> credentials,
            Duration limit)
            throws IOException {
        StringBuilder query = new StringBuilder();
        add(query, "service", service.orElse(""));
        Answer answer;
        if (credentials.isPresent() && credentials.get() instanceof Credentials.IdentityToken identity) {
            // A POST has one parameter for all scopes, a GET one for each.
            add(query, "scope", String.join(" ", access.scopes()));
            add(query, "grant_type", "refresh_token");
            add(query, "client_id", "wherry");
            add(query, "refresh_token", identity.token().reveal());
            Question question = new Question("POST", realm, Map.of(), Body.form(query.toString()));
            answer = transport.send(question, hops.connection(endpoint, realm), limit);
        } else {
            for (String scope : access.scopes()) {
                add(query, "scope", scope);
            }
            if (access.equals(Access.IDENTITY) && credentials.isPresent()) {
                add(query, "client_id", "wherry");
                add(query, "offline_token", "true");
            }
            Optional<String> authorization = Optional.empty();
            if (credentials.isPresent() && credentials.get() instanceof Credentials.Basic basic) {
                authorization = Optional.of(Authorizer.basicHeader(basic));
            }
            String separator = realm.getRawQuery() == null ? "?" : "&";
            URI uri = URI.create(realm + separator + query);
            Question question = Question.get(uri, Map.of("Accept", "application/json"));
            answer = hops.send(endpoint, question, authorization, limit);
        }
        if (answer.status() != 200) {
            throw Failures.of(
                    "the token service of `" + endpoint.registry() + "`", answer, "", hint(endpoint, credentials));
        }
        return read(answer, access);
    }

    private static String hint(Endpoint endpoint, Optional<Credentials> credentials) {
        return credentials.isPresent()
                ? "The stored credentials were refused: log in to `" + endpoint.registry() + "` again."
                : "Log in to `" + endpoint.registry() + "`, or check the name.";
    }

    private static Token read(Answer answer, Access access) throws IOException {
        if (answer.isHtml()) {
            throw refused(answer, "is answered with a web page instead of a token");
        }
        byte[] body = answer.readUpTo(MAX_BYTES);
        if (body.length > MAX_BYTES) {
            throw refused(answer, "is answered with more than " + MAX_BYTES + " bytes");
        }
        String text;
        Duration validity;
        Optional<Secret> identity;
        try {
            Fields in = JsonObject.parse(body, JsonLimits.ofBytes(MAX_BYTES)).fields();
            Optional<String> token = in.string("token");
            Optional<String> accessToken = in.string("access_token");
            text = token.or(() -> accessToken).orElse("");
            // The specification's default, for servers that say nothing.
            long seconds = in.integer("expires_in").orElse(60);
            validity = Duration.ofSeconds(Math.clamp(seconds, 0, 86_400));
            identity = in.string("refresh_token").filter(TokenService::isToken).map(Secret::new);
            Optional<String> granted = in.string("scope");
            if (granted.isPresent() && !access.isGrantedBy(granted.get())) {
                throw refused(
                        answer,
                        "is answered with a token for `" + granted.get() + "`, not for `"
                                + access.scopes().getFirst() + "`");
            }
        } catch (RegistryException e) {
            throw e;
        } catch (WherryException e) {
            throw refused(answer, "is answered with what is no token: " + e.getMessage());
        }
        if (!isToken(text)) {
            throw refused(answer, "is answered without a token");
        }
        return new Token(new Secret(text), validity, identity);
    }

    /** Printable ASCII without spaces: anything else could end the header that it is put into. */
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= 0x20 || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_TOKEN;
    }

    private static void add(StringBuilder query, String name, String value) {
        if (!value.isEmpty()) {
            query.append(query.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private static RegistryException refused(Answer answer, String problem) {
        return new RegistryException(
                Kind.DENIED,
                answer.method() + " " + answer.url() + " " + problem + ".",
                null,
                answer.method(),
                answer.url(),
                answer.status(),
                List.of());
    }
}
