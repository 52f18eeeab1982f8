package io.wherry.cli.command;

import io.wherry.engine.Container;
import io.wherry.engine.Health;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The section State of {@link ContainerDocument}. */
final class StateDocument {
    private static final int TIMED_OUT = -1;
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private StateDocument() {}

    static JsonObject of(Container container) {
        Container.Status status = container.status();
        JsonObject.Builder state = JsonObject.builder()
                .put("Status", status.word())
                .put("Running", status.isAttended())
                .put("Paused", status == Container.Status.PAUSED)
                .put("Restarting", status == Container.Status.RESTARTING)
                .put("OOMKilled", container.outOfMemory())
                .put("Dead", status == Container.Status.DAMAGED)
                .put("Pid", container.pid().orElse(0))
                .put("ExitCode", container.exitCode().orElse(0))
                .put("Error", container.damage().orElse(container.reason().orElse("")))
                .put("StartedAt", instant(container.started()))
                .put("FinishedAt", instant(container.finished()));
        if (container.health().isPresent()) {
            state.put("Health", health(container.health().get()));
        }
        return state.build();
    }

    private static JsonObject health(Health health) {
        List<JsonValue> log = new ArrayList<>();
        for (Health.Check check : health.log()) {
            log.add(JsonObject.builder()
                    .put("Start", nanoseconds(check.begun()))
                    .put("End", nanoseconds(check.ended()))
                    .put("ExitCode", check.exitCode())
                    .put("Output", output(check))
                    .build());
        }
        return JsonObject.builder()
                .put("Status", health.status())
                .put("FailingStreak", health.streak())
                .put("Log", JsonArray.of(log))
                .build();
    }

    private static String output(Health.Check check) {
        String output = new String(check.output(), StandardCharsets.UTF_8);
        return check.exitCode() == TIMED_OUT
                ? "Health check exceeded timeout" + (output.isEmpty() ? "" : ": " + output)
                : output;
    }

    private static String nanoseconds(long since1970) {
        return Instant.ofEpochSecond(0, since1970).toString();
    }

    private static String instant(OptionalLong seconds) {
        return seconds.isPresent() ? Instant.ofEpochSecond(seconds.getAsLong()).toString() : NEVER;
    }
}
