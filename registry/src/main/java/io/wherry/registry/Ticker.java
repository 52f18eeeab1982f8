package io.wherry.registry;

import java.time.Duration;
import java.time.Instant;

/** Time, for tests to bend. */
interface Ticker {
    Ticker SYSTEM = new Ticker() {};

    /** {@return nanoseconds of a clock that only goes forward} */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** {@return the time of day, which may be wrong; only for comparison with a server's dates} */
    default Instant now() {
        return Instant.now();
    }

    default void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }
}
