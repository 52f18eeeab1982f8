package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.OptionalLong;

/**
 * How an image says that its health can be asked.
 *
 * @param test {@code NONE}, or {@code CMD} and arguments, or {@code CMD-SHELL} and one command
 * @param interval in nanoseconds; absent for the default
 * @param timeout in nanoseconds; absent for the default
 * @param startPeriod in nanoseconds; absent for the default
 * @param startInterval in nanoseconds; absent for the default
 * @param retries absent for the default
 * @see "Docker image-spec v1.2, Healthcheck"
 */
public record HealthCheck(
        List<String> test,
        OptionalLong interval,
        OptionalLong timeout,
        OptionalLong startPeriod,
        OptionalLong startInterval,
        OptionalLong retries,
        JsonObject extra) {

    public HealthCheck {
        test = List.copyOf(test);
    }

    /** {@return one that says nothing} */
    public static HealthCheck none() {
        return fromJson(JsonObject.empty().fields());
    }

    /** {@return these words, and where one is absent, or 0, what another document says} */
    public HealthCheck over(HealthCheck other) {
        return new HealthCheck(
                test.isEmpty() ? other.test : test,
                interval.orElse(0) == 0 ? other.interval : interval,
                timeout.orElse(0) == 0 ? other.timeout : timeout,
                startPeriod.orElse(0) == 0 ? other.startPeriod : startPeriod,
                startInterval.orElse(0) == 0 ? other.startInterval : startInterval,
                retries.orElse(0) == 0 ? other.retries : retries,
                extra);
    }

    /** {@return the object in a document} */
    public static HealthCheck fromJson(Fields in) {
        return new HealthCheck(
                in.strings("Test"),
                in.integer("Interval"),
                in.integer("Timeout"),
                in.integer("StartPeriod"),
                in.integer("StartInterval"),
                in.integer("Retries"),
                in.rest());
    }

    /** {@return the object as docker writes it} */
    public JsonObject toJson() {
        return JsonObject.builder()
                .putIfNotEmpty("Test", test)
                .putIfPresent("Interval", interval)
                .putIfPresent("Timeout", timeout)
                .putIfPresent("StartPeriod", startPeriod)
                .putIfPresent("StartInterval", startInterval)
                .putIfPresent("Retries", retries)
                .putMissing(extra)
                .build();
    }
}
