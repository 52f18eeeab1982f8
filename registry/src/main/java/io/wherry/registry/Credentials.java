package io.wherry.registry;

import io.wherry.oci.Secret;

/** What proves to a registry who is asking. */
public sealed interface Credentials {
    /** A name and a password; the name holds no {@code :}. */
    record Basic(String username, Secret password) implements Credentials {}

    /** A refresh token, which the registry's token service exchanges for short-lived ones (OAuth 2). */
    record IdentityToken(Secret token) implements Credentials {}
}
