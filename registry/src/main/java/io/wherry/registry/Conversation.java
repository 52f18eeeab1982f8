package io.wherry.registry;

import io.wherry.oci.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Speaks to registries: finds out how once, and proves who asks where that is wanted. Safe for several threads, which share connections and tokens. */
final class Conversation {
    private final RegistryConfig config;
    private final Ticker ticker;
    private final Transport transport;
    private final Hops hops;
    private final TokenService tokens;
    private final Map<String, Partner> partners = new HashMap<>();

    Conversation(RegistryConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
        this.transport = new Transport(config, ticker);
        this.hops = new Hops(config, transport);
        this.tokens = new TokenService(hops, transport);
    }

    /** {@return who answers for a registry} */
    Partner with(String registry, Duration limit) throws IOException {
        synchronized (partners) {
            Partner known = partners.get(registry);
            if (known != null) {
                return known;
            }
        }
        Endpoint endpoint = Endpoint.find(registry, config, transport, limit);
        Partner made = new Partner(endpoint, new Authorizer(endpoint, tokens, config.credentials(), ticker));
        synchronized (partners) {
            Partner first = partners.putIfAbsent(registry, made);
            return first == null ? made : first;
        }
    }

    /** A registry after the first contact. */
    final class Partner {
        private final Endpoint endpoint;
        private final Authorizer authorizer;

        private Partner(Endpoint endpoint, Authorizer authorizer) {
            this.endpoint = endpoint;
            this.authorizer = authorizer;
        }

        /** {@return the address of a path of the API} */
        URI address(String path) {
            return endpoint.resolve(path);
        }

        /** {@return where the Location of an answer points} */
        URI location(Answer answer) throws IOException {
            return hops.location(endpoint, answer);
        }

        /** Sends with what authorization there is, and only to the registry itself; answers one 401, and only the registry's own. */
        Answer ask(Access access, Question question, Duration limit) throws IOException {
            if (!Hosts.sameOrigin(question.uri(), endpoint.base())) {
                return hops.send(endpoint, question, Optional.empty(), limit);
            }
            Optional<String> authorization = authorizer.current(access, limit);
            Answer answer = hops.send(endpoint, question, authorization, limit);
            if (answer.status() != 401 || !Hosts.sameOrigin(answer.uri(), endpoint.base())) {
                return answer;
            }
            Optional<String> renewed = authorizer.answer(answer, access, authorization, limit);
            if (renewed.isEmpty()) {
                return answer;
            }
            answer.discard();
            return hops.send(endpoint, question, renewed, limit);
        }

        /** {@return as whom the registry was asked, for messages; what begins with "no credentials" has proved nothing} */
        String identity() {
            return authorizer.identity();
        }

        /** {@return a token for tokens, if the registry has given one} */
        Optional<Secret> identityToken() {
            return authorizer.identityToken();
        }

        /** {@return what to say about an answer that is no success}; throws a {@link Fault} where another try may help */
        RegistryException failure(Answer answer, Verb verb) throws IOException {
            String identity = authorizer.identity();
            return Failures.of(
                    "the registry", answer, identity, verb.hint(endpoint.registry(), answer.status(), identity));
        }
    }
}
