package io.wherry.registry;

import java.time.Duration;

/**
 * How long a registry is waited for, and how often it is asked again.
 *
 * @param connect for name look-up and connection; a host that never answered is asked once
 * @param idle without a byte, before a connection counts as dead
 * @param stall without progress over all tries, before an operation fails; waits that the registry asked for do not count
 * @param tries of a request, or of a blob between two megabytes of progress
 * @param firstBackoff wait after the first failure; each later one doubles it, and a random part of up to a half is
 *     taken off
 * @param maxBackoff the longest such wait, and the longest that the registry may ask for
 * @param floorBytesPerSecond a slower transfer counts as none
 * @param floorWindow over which the floor is measured, counting only the time in which we waited for the registry
 */
public record Patience(
        Duration connect,
        Duration idle,
        Duration stall,
        int tries,
        Duration firstBackoff,
        Duration maxBackoff,
        int floorBytesPerSecond,
        Duration floorWindow) {
    public static final Patience DEFAULT = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(90),
            5,
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            1024,
            Duration.ofMinutes(5));

    public Patience {
        if (tries < 1 || floorBytesPerSecond < 0) {
            throw new IllegalArgumentException("tries must be positive, the floor not negative");
        }
    }
}
