package io.wherry.registry;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.RegistryHost.Capability;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Speaks to registries: finds out how once, and proves who asks where that is wanted. Where mirrors are written down, they are asked first. Safe for several threads, which share connections and tokens. */
final class Conversation {
    private final RegistryConfig config;
    private final Ticker ticker;
    private final Transport transport;
    private final Hops hops;
    private final TokenService tokens;
    private final Map<String, List<Partner>> partners = new HashMap<>();

    Conversation(RegistryConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
        this.transport = new Transport(config, ticker);
        this.hops = new Hops(config, transport);
        this.tokens = new TokenService(hops, transport);
    }

    /** {@return who takes what is meant for a registry: the first host that can} */
    Partner with(String registry, Capability capability, Duration limit) throws IOException {
        for (Partner partner : all(registry)) {
            if (partner.host.can(capability)) {
                partner.meet(limit);
                return partner;
            }
        }
        throw nobody(registry, capability);
    }

    /** {@return the registry itself} */
    Partner with(String registry, Duration limit) throws IOException {
        Partner own = all(registry).getLast();
        own.meet(limit);
        return own;
    }

    /** Something that is asked of one partner. */
    interface Request<T> {
        T ask(Partner partner) throws IOException;
    }

    /** {@return the first answer of a host that can; what those before it said is told to the listener} A mirror that cannot be reached is not asked again. */
    <T> T first(String registry, Capability capability, Duration limit, RetryListener listener, Request<T> request)
            throws IOException {
        List<Partner> partners = new ArrayList<>();
        for (Partner partner : all(registry)) {
            if (partner.host.can(capability) && !partner.lost) {
                partners.add(partner);
            }
        }
        for (int i = 0; i < partners.size() - 1; i++) {
            Partner mirror = partners.get(i);
            try {
                mirror.meet(limit);
                return request.ask(mirror);
            } catch (Fault fault) {
                mirror.lost = fault.at() != Fault.At.STATUS && fault.at() != Fault.At.TRANSFER;
                listener.passedOver(mirror.name(), fault.reason());
            } catch (WherryException e) {
                if (e.kind() == Kind.INTERRUPTED) {
                    throw e;
                }
                listener.passedOver(mirror.name(), e.getMessage());
            }
        }
        if (partners.isEmpty()) {
            throw nobody(registry, capability);
        }
        partners.getLast().meet(limit);
        return request.ask(partners.getLast());
    }

    private static WherryException nobody(String registry, Capability capability) {
        return new WherryException(
                Kind.FAILED_PRECONDITION,
                "No host that is written down for `" + registry + "` has the capability `"
                        + capability.name().toLowerCase(Locale.ROOT) + "`.",
                "See its `hosts.toml`.");
    }

    /** {@return all who answer for a registry, itself last} */
    private List<Partner> all(String registry) {
        synchronized (partners) {
            List<Partner> known = partners.get(registry);
            if (known == null) {
                known = new ArrayList<>();
                for (RegistryHost host : config.hosts().find(registry)) {
                    known.add(new Partner(registry, host));
                }
                if (known.isEmpty()) {
                    known.add(new Partner(registry, RegistryHost.plain()));
                }
                partners.put(registry, known);
            }
            return known;
        }
    }

    /** A host that answers for a registry. */
    final class Partner {
        private final String registry;
        private final RegistryHost host;
        private volatile @Nullable Met met;
        private volatile boolean lost;

        private Partner(String registry, RegistryHost host) {
            this.registry = registry;
            this.host = host;
        }

        /** The first contact, which finds out how it is spoken to. */
        private void meet(Duration limit) throws IOException {
            if (met == null) {
                Endpoint endpoint = host.base().isPresent()
                        ? Endpoint.at(registry, host, host.base().get())
                        : Endpoint.find(registry, host, config, transport, limit);
                introduce(new Met(endpoint, new Authorizer(endpoint, tokens, config.credentials(), ticker)));
            }
        }

        private synchronized void introduce(Met found) {
            met = met == null ? found : met;
        }

        private Met met() {
            Met known = met;
            if (known == null) {
                throw new IllegalStateException("not met yet: " + registry);
            }
            return known;
        }

        private String name() {
            return host.base().map(URI::getAuthority).orElse(registry);
        }

        /** {@return the address of a path of the API} */
        URI address(String path) {
            return met().endpoint.resolve(path);
        }

        /** {@return the address of a path that is read} */
        URI reading(String path) {
            return met().endpoint.resolveRead(path);
        }

        /** {@return where the Location of an answer points} */
        URI location(Answer answer) throws IOException {
            return hops.location(met().endpoint, answer);
        }

        /** Sends with what authorization there is, and only to the registry itself; answers one 401, and only the registry's own. */
        Answer ask(Access access, Question question, Duration limit) throws IOException {
            Endpoint endpoint = met().endpoint;
            Authorizer authorizer = met().authorizer;
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
            return met().authorizer.identity();
        }

        /** {@return a token for tokens, if the registry has given one} */
        Optional<Secret> identityToken() {
            return met().authorizer.identityToken();
        }

        /** {@return what to say about an answer that is no success}; throws a {@link Fault} where another try may help */
        RegistryException failure(Answer answer, Verb verb) throws IOException {
            String identity = identity();
            String name = met().endpoint.registry();
            return Failures.of("the registry", answer, identity, verb.hint(name, answer.status(), identity));
        }
    }

    private record Met(Endpoint endpoint, Authorizer authorizer) {}
}
