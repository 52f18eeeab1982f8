package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Moments;
import io.wherry.oci.HealthCheck;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The options of a health check: each adds its own to what others have said. Stateless. */
final class HealthWords {
    private static final long LEAST = 1_000_000; // a millisecond, as docker
    private static final List<String> NONE = List.of("NONE");

    private HealthWords() {}

    static Optional<HealthCheck> command(Optional<HealthCheck> check, String text) throws BadValueException {
        HealthCheck c = check.orElse(HealthCheck.none());
        if (c.test().equals(NONE)) {
            throw BadValueException.wanted("no command together with `--no-healthcheck`", text);
        }
        List<String> test = text.isEmpty() ? List.of() : List.of("CMD-SHELL", text);
        return Optional.of(new HealthCheck(
                test, c.interval(), c.timeout(), c.startPeriod(), c.startInterval(), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> none(Optional<HealthCheck> check) throws BadValueException {
        if (check.isPresent()
                && !check.get().equals(HealthCheck.none())
                && !check.get().test().equals(NONE)) {
            throw BadValueException.wanted("no other `--health-` option beside it", "true");
        }
        HealthCheck c = HealthCheck.none();
        return Optional.of(new HealthCheck(
                NONE, c.interval(), c.timeout(), c.startPeriod(), c.startInterval(), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> interval(Optional<HealthCheck> check, String text) throws BadValueException {
        HealthCheck c = check.orElse(HealthCheck.none());
        return Optional.of(new HealthCheck(
                c.test(), time(text), c.timeout(), c.startPeriod(), c.startInterval(), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> timeout(Optional<HealthCheck> check, String text) throws BadValueException {
        HealthCheck c = check.orElse(HealthCheck.none());
        return Optional.of(new HealthCheck(
                c.test(), c.interval(), time(text), c.startPeriod(), c.startInterval(), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> startPeriod(Optional<HealthCheck> check, String text) throws BadValueException {
        HealthCheck c = check.orElse(HealthCheck.none());
        return Optional.of(new HealthCheck(
                c.test(), c.interval(), c.timeout(), time(text), c.startInterval(), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> startInterval(Optional<HealthCheck> check, String text) throws BadValueException {
        HealthCheck c = check.orElse(HealthCheck.none());
        return Optional.of(new HealthCheck(
                c.test(), c.interval(), c.timeout(), c.startPeriod(), time(text), c.retries(), c.extra()));
    }

    static Optional<HealthCheck> retries(Optional<HealthCheck> check, long number) {
        HealthCheck c = check.orElse(HealthCheck.none());
        return Optional.of(new HealthCheck(
                c.test(),
                c.interval(),
                c.timeout(),
                c.startPeriod(),
                c.startInterval(),
                OptionalLong.of(number),
                c.extra()));
    }

    /** 0 for the image's, or the default. */
    private static OptionalLong time(String text) throws BadValueException {
        if (text.equals("0")) {
            return OptionalLong.of(0);
        }
        long nanoseconds;
        try {
            nanoseconds = Moments.duration(text);
        } catch (BadValueException e) {
            nanoseconds = -1; // the sentence below fits better
        }
        if (nanoseconds < 0 || (nanoseconds > 0 && nanoseconds < LEAST)) {
            throw BadValueException.wanted("a time of at least `1ms`, such as `5s` or `1m30s`", text);
        }
        return OptionalLong.of(nanoseconds);
    }
}
