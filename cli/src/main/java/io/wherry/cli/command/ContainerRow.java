package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.output.Screen;
import io.wherry.engine.Container;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.MountSpec;
import io.wherry.oci.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One container as {@code ps} shows it, by docker's field names. */
final class ContainerRow {
    private static final int SOURCE_WIDTH = 15;
    private static final int COMMAND_WIDTH = 20;
    private static final int ENGINES_TIME = "2026-01-02T03:04:05.000000000Z".length();

    /** How {@code ps} prints. */
    static final Listing LISTING = new Listing(
            JsonObject.builder()
                    .put("ID", "CONTAINER ID")
                    .put("Image", "IMAGE")
                    .put("Command", "COMMAND")
                    .put("CreatedAt", "CREATED AT")
                    .put("RunningFor", "CREATED")
                    .put("State", "STATE")
                    .put("Status", "STATUS")
                    .put("Names", "NAMES")
                    .put("Labels", "LABELS")
                    .put("Mounts", "MOUNTS")
                    .put("Networks", "NETWORKS")
                    .put("LocalVolumes", "LOCAL VOLUMES")
                    .put("Ports", "PORTS")
                    .build(),
            List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"));

    private ContainerRow() {}

    /**
     * {@return the fields}
     *
     * @param wide whether ids and commands are whole
     * @param now seconds since 1970
     * @param bridged whether a container is on the bridge where nothing else was asked
     */
    static JsonObject of(Container container, boolean wide, long now, boolean bridged) {
        ContainerSpec spec = container.spec();
        String command = command(container.command());
        List<String> labels = new ArrayList<>();
        for (Map.Entry<String, String> label : container.labels().entrySet()) {
            labels.add(label.getKey() + "=" + label.getValue());
        }
        List<String> mounts = new ArrayList<>();
        int volumes = 0;
        for (MountSpec mount : spec.mounts()) {
            String source = mount.source().orElse(mount.target());
            mounts.add(wide ? source : Screen.shortened(source, SOURCE_WIDTH));
            volumes += mount.type() == MountSpec.Type.VOLUME ? 1 : 0;
        }
        return JsonObject.builder()
                .put("ID", wide ? container.id() : Human.shortId(container.id()))
                .put("Image", spec.image().orElse(spec.rootfs().orElse("")))
                .put("Command", quoted(wide ? command : Screen.shortened(command, COMMAND_WIDTH)))
                .put("CreatedAt", createdAt(container.created()))
                .put("RunningFor", Human.ago(seconds(container.created()), now))
                .put("State", container.status().word())
                .put("Status", status(container, now))
                .put("Names", container.name())
                .put("Labels", String.join(",", labels))
                .put("Mounts", String.join(",", mounts))
                .put("Networks", network(container, bridged))
                .put("LocalVolumes", Integer.toString(volumes))
                .put("Ports", "")
                .build();
    }

    /** Words with blanks in quotes, for people to read. */
    private static String command(List<String> words) {
        StringBuilder command = new StringBuilder();
        for (String word : words) {
            command.append(command.isEmpty() ? "" : " ");
            command.append(word.indexOf(' ') < 0 ? word : "'" + word + "'");
        }
        return command.toString();
    }

    /** As Go quotes. */
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    /** As Go prints times. */
    private static String createdAt(String instant) {
        return instant.length() < 19 ? instant : instant.substring(0, 19).replace('T', ' ') + " +0000 UTC";
    }

    /** {@return the network that a container is on, by its name} */
    static String network(Container container, boolean bridged) {
        return container.spec().network().orElse(bridged ? "bridge" : "none");
    }

    private static String status(Container container, long now) {
        if (container.status() == Container.Status.RUNNING || container.status() == Container.Status.PAUSED) {
            String up = "Up " + Human.duration(now - container.started().orElse(now));
            return container.status() == Container.Status.PAUSED ? up + " (Paused)" : up + health(container);
        }
        if (container.status() == Container.Status.RESTARTING) {
            return "Restarting (" + container.exitCode().orElse(0) + ") "
                    + Human.ago(container.finished().orElse(now), now);
        }
        if (container.status() == Container.Status.EXITED) {
            String code = container.exitCode().isPresent()
                    ? "Exited (" + container.exitCode().getAsInt() + ") "
                    : "Exited ";
            return code + Human.ago(container.finished().orElse(0), now);
        }
        return container.status() == Container.Status.CREATED ? "Created" : "Damaged";
    }

    private static String health(Container container) {
        if (container.health().isEmpty()) {
            return "";
        }
        String status = container.health().get().status();
        return status.equals("starting") ? " (health: starting)" : " (" + status + ")";
    }

    /** {@return seconds since 1970. The engine writes times in one form, for which no formatter is needed: that costs a tenth of a millisecond each time} */
    static long seconds(String instant) {
        try {
            if (instant.length() == ENGINES_TIME && instant.charAt(10) == 'T' && instant.endsWith("Z")) {
                long day = LocalDate.of(number(instant, 0, 4), number(instant, 5, 7), number(instant, 8, 10))
                        .toEpochDay();
                return day * 86_400
                        + number(instant, 11, 13) * 3600L
                        + number(instant, 14, 16) * 60L
                        + number(instant, 17, 19);
            }
            return Instant.parse(instant).getEpochSecond();
        } catch (DateTimeException | NumberFormatException e) {
            return 0; // a damaged record has no age
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
