package io.wherry.engine;

import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.HealthCheck;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which health check a container has: the user's words over the image's, field by field, and docker's defaults. A pure function.
 *
 * @see "Docker image-spec v1.2, Healthcheck"
 */
final class HealthChoice {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final long INTERVAL = 30 * SECOND;
    private static final long TIMEOUT = 30 * SECOND;
    private static final long START_INTERVAL = 5 * SECOND;
    private static final int RETRIES = 3;

    private HealthChoice() {}

    /** {@return the check; absent if nobody asks for one, or the user for none} */
    static Optional<Placement.Health> of(ContainerSpec spec, ExecutionDefaults image) {
        if (spec.healthcheck().isEmpty() && image.healthcheck().isEmpty()) {
            return Optional.empty();
        }
        HealthCheck check = merged(spec, image);
        List<String> command = command(check.test(), image);
        if (command.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Placement.Health(
                command,
                millis(check.interval(), INTERVAL, 1),
                millis(check.timeout(), TIMEOUT, 1),
                millis(check.startPeriod(), 0, 0),
                check.retries().orElse(0) <= 0
                        ? RETRIES
                        : (int) Math.min(check.retries().getAsLong(), Integer.MAX_VALUE),
                millis(check.startInterval(), START_INTERVAL, 1)));
    }

    private static HealthCheck merged(ContainerSpec spec, ExecutionDefaults image) {
        HealthCheck own = spec.healthcheck().orElse(HealthCheck.none());
        return image.healthcheck().isPresent() ? own.over(image.healthcheck().get()) : own;
    }

    /** {@return the words to execute; none for no check} */
    private static List<String> command(List<String> test, ExecutionDefaults image) {
        if (test.isEmpty() || test.get(0).equals("NONE")) {
            return List.of();
        }
        List<String> words = test.subList(1, test.size());
        if (test.get(0).equals("CMD") && !words.isEmpty()) {
            return words;
        }
        if (test.get(0).equals("CMD-SHELL") && words.size() == 1) {
            List<String> command = new ArrayList<>(image.shell().isEmpty() ? List.of("/bin/sh", "-c") : image.shell());
            command.add(words.get(0));
            return command;
        }
        throw new WherryException(
                WherryException.Kind.INVALID,
                "The health check " + test
                        + " is neither `NONE`, nor `CMD` and a command, nor `CMD-SHELL` and one line.",
                "Name another with --health-cmd, or none with --no-healthcheck.");
    }

    private static int millis(OptionalLong nanoseconds, long otherwise, long least) {
        long value = nanoseconds.orElse(0) <= 0 ? otherwise : nanoseconds.getAsLong();
        return (int) Math.min(Math.max(value / MILLI, least), Integer.MAX_VALUE);
    }
}
