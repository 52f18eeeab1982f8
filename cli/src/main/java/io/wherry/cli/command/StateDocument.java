package io.wherry.cli.command;

import io.wherry.engine.Container;
import io.wherry.oci.json.JsonObject;
import java.time.Instant;
import java.util.OptionalLong;

/** The section State of {@link ContainerDocument}. */
final class StateDocument {
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private StateDocument() {}

    static JsonObject of(Container container) {
        Container.Status status = container.status();
        return JsonObject.builder()
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
                .put("FinishedAt", instant(container.finished()))
                .build();
    }

    private static String instant(OptionalLong seconds) {
        return seconds.isPresent() ? Instant.ofEpochSecond(seconds.getAsLong()).toString() : NEVER;
    }
}
