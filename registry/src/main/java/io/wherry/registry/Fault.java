package io.wherry.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure on the way to or from a registry, which another try may pass. */
final class Fault extends IOException {
    private static final long serialVersionUID = 1L;

    /** Where it happened. */
    enum At {
        /** No connection to a host that never answered: name, route, port. Asking again is the user's decision. */
        UNREACHABLE,
        /** No connection to a host that answered before. */
        CONNECT,
        /** The other side's certificate or protocol is not acceptable: asking again will not help. */
        TLS,
        /** The connection broke, or what came was not HTTP. */
        TRANSFER,
        /** No byte for too long. */
        IDLE,
        /** Bytes, but too slowly; asking again will not help. */
        SLOW,
        /** The server says that it cannot now: 429 or 5xx. */
        STATUS
    }

    private final At at;
    private final transient Optional<Duration> retryAfter;
    private final transient @Nullable RegistryException answer;

    Fault(At at, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.at = at;
        this.retryAfter = Optional.empty();
        this.answer = null;
    }

    Fault(RegistryException answer, Optional<Duration> retryAfter) {
        super(answer.getMessage());
        this.at = At.STATUS;
        this.retryAfter = retryAfter;
        this.answer = answer;
    }

    At at() {
        return at;
    }

    /** {@return how long the server asked to wait} */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** {@return the server's answer, if it gave one} */
    Optional<RegistryException> answer() {
        return Optional.ofNullable(answer);
    }

    String reason() {
        String message = getMessage();
        return message == null ? at.name() : message;
    }
}
