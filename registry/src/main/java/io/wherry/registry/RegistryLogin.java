package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.util.Map;
import java.util.Optional;

/** Asks registries whether they know somebody. */
public final class RegistryLogin {
    private final RegistryConfig config;

    public RegistryLogin(RegistryConfig config) {
        this.config = config;
    }

    /**
     * {@return what to keep: an identity token where the registry gives one, else what was given}
     *
     * @throws WherryException of kind DENIED if the registry does not take it, or if it could not be shown to it
     */
    public Credentials verify(String registry, Credentials.Basic given) {
        if (given.username().indexOf(':') >= 0 || given.username().isEmpty()) {
            throw new WherryException(Kind.INVALID, "A user's name is not empty and has no `:`.");
        }
        Conversation conversation =
                new Conversation(config.withCredentials((_, _) -> Optional.of(given)), Ticker.SYSTEM);
        Attempts attempts = new Attempts(
                config.patience(), Ticker.SYSTEM, PullListener.NONE, "Cannot log in to `" + registry + "`");
        return attempts.run(() -> {
            Conversation.Partner partner = conversation.with(registry, attempts.limit());
            Question question = Question.get(partner.address("/v2/"), Map.of());
            try (Answer answer = partner.ask(Access.IDENTITY, question, attempts.limit())) {
                if (answer.status() != 200) {
                    throw partner.failure(answer, Verb.LOGIN);
                }
            }
            requireShown(registry, partner.identity());
            return partner.identityToken()
                    .<Credentials>map(Credentials.IdentityToken::new)
                    .orElse(given);
        });
    }

    /** A registry that has let everybody in has said nothing about the password. */
    private static void requireShown(String registry, String identity) {
        if (!identity.startsWith("as user")) {
            throw new WherryException(
                    Kind.FAILED_PRECONDITION,
                    "`" + registry + "` did not look at the password: " + identity + ".",
                    "A registry that lets everybody in needs no login.");
        }
    }
}
