package io.wherry.cli.command;

import io.wherry.cli.format.Template;
import io.wherry.cli.output.Screen;
import io.wherry.engine.event.Event;
import io.wherry.oci.json.JsonObject;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prints events as docker does: a line each, JSON lines, or by a template. */
final class EventPrinter {
    private static final long SECOND = 1_000_000_000L;

    private final PrintStream out;
    private final boolean json;
    private final @Nullable Template template;
    private final DateTimeFormatter time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX");

    /**
     * A printer.
     *
     * @param format null, {@code json} or a template
     */
    EventPrinter(PrintStream out, boolean json, @Nullable String format) {
        this.out = out;
        this.json = json || "json".equals(format) || "{{json .}}".equals(format);
        this.template = this.json || format == null ? null : Template.parse(format);
    }

    /** Prints one at once. {@return whether somebody still reads} */
    boolean print(Event event) {
        if (json) {
            Listing.line(out, event.document());
        } else if (template == null) {
            out.print(line(event) + "\n");
        } else {
            out.print(template.apply(fields(event)) + "\n");
        }
        return !out.checkError();
    }

    private String line(Event event) {
        Instant instant = Instant.ofEpochSecond(event.nanos() / SECOND, event.nanos() % SECOND);
        StringBuilder attributes = new StringBuilder();
        for (Map.Entry<String, String> attribute : new TreeMap<>(event.attributes()).entrySet()) {
            attributes.append(attributes.isEmpty() ? "" : ", ");
            attributes.append(attribute.getKey()).append('=').append(attribute.getValue());
        }
        return Screen.safe(time.format(instant.atZone(ZoneId.systemDefault())) + " " + event.type() + " "
                + event.action() + " " + event.id() + " (" + attributes + ")");
    }

    /** Docker's field names, which are not those of its JSON. */
    private static JsonObject fields(Event event) {
        return JsonObject.builder()
                .put("Status", event.action())
                .put("ID", event.id())
                .put("From", event.attributes().getOrDefault("image", ""))
                .put("Type", event.type())
                .put("Action", event.action())
                .put(
                        "Actor",
                        JsonObject.builder()
                                .put("ID", event.id())
                                .put("Attributes", event.attributes())
                                .build())
                .put("Scope", "local")
                .put("Time", event.nanos() / SECOND)
                .put("TimeNano", event.nanos())
                .build();
    }
}
