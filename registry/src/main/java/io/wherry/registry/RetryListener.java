package io.wherry.registry;

import java.time.Duration;

/** Hears what failed in a way that may pass. Called on the thread that works; must be quick. */
public interface RetryListener {
    /** The next try comes after {@code wait}. */
    default void retrying(String reason, Duration wait) {}

    /** A mirror failed, and the next host is asked in its place. */
    default void passedOver(String mirror, String reason) {}
}
