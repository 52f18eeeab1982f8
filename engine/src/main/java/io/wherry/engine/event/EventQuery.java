package io.wherry.engine.event;

import java.util.List;
import java.util.Map;

/**
 * Which events are wanted.
 *
 * @param since nothing older than this, in nanoseconds since 1970
 * @param until nothing younger
 * @param follow whether to wait for events until then
 * @param filters values by key, of which an event has one of each key: {@code container} (name, id or its beginning), {@code event}, {@code image}, {@code type}; but each {@code label} ({@code KEY} or {@code KEY=VALUE})
 */
public record EventQuery(long since, long until, boolean follow, Map<String, List<String>> filters) {
    /** The keys of filters. */
    public static final List<String> KEYS = List.of("container", "event", "image", "label", "type");

    boolean accepts(Event event) {
        for (Map.Entry<String, List<String>> filter : filters.entrySet()) {
            boolean all = filter.getKey().equals("label");
            boolean fits = all;
            for (String value : filter.getValue()) {
                boolean one = accepts(event, filter.getKey(), value);
                fits = all ? fits && one : fits || one;
            }
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean accepts(Event event, String key, String value) {
        return switch (key) {
            case "container" ->
                event.type().equals("container")
                        && (value.equals(event.attributes().get("name"))
                                || (!value.isEmpty() && event.id().startsWith(value)));
            case "event" -> event.action().equals(value) || event.action().startsWith(value + ":");
            case "image" -> isImage(event, value);
            case "label" -> {
                int equals = value.indexOf('=');
                String found = event.attributes().get(equals < 0 ? value : value.substring(0, equals));
                yield found != null && (equals < 0 || found.equals(value.substring(equals + 1)));
            }
            case "type" -> event.type().equals(value);
            default -> throw new IllegalArgumentException("no filter `" + key + "`");
        };
    }

    /** By its name with or without a tag. */
    private static boolean isImage(Event event, String value) {
        boolean container = event.type().equals("container");
        String name = container ? event.attributes().getOrDefault("image", "") : event.id();
        return name.equals(value)
                || name.startsWith(value + ":")
                || (!container && value.equals(event.attributes().get("name")));
    }
}
