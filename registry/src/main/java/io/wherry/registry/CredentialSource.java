package io.wherry.registry;

import java.util.Optional;

/** Finds credentials; asked only after a registry wanted some. Must be safe for use by several threads. */
public interface CredentialSource {
    /** Knows none: every pull is anonymous. */
    CredentialSource NONE = (registry, repository) -> Optional.empty();

    /**
     * {@return the credentials for a repository, nothing if there are none}
     *
     * <p>What is configured but does not work is a {@link io.wherry.oci.WherryException}, never nothing: an anonymous
     * attempt in its place would hide the fault, and another registry's credentials would leak.
     *
     * @param registry as in a reference, such as {@code docker.io} or {@code localhost:5000}
     * @param repository such as {@code library/alpine}
     */
    Optional<Credentials> find(String registry, String repository);
}
