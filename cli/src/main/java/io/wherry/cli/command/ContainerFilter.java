package io.wherry.cli.command;

import io.wherry.cli.table.Nearest;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Container;
import io.wherry.engine.Health;
import java.util.List;

/** The values of {@code ps --filter}: of one key any may hold, but every label must; all keys must hold. */
final class ContainerFilter {
    private static final List<String> KEYS = List.of("name", "status", "id", "label", "health");

    private final List<String> filters;

    ContainerFilter(List<String> filters) {
        this.filters = filters;
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            String key = equals < 0 ? filter : filter.substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                String near = Nearest.of(key, KEYS);
                throw new UsageException(
                        "ps",
                        List.of("Option `--filter` takes `name=`, `status=`, `id=`, `label=` or `health=`, not `"
                                + filter + "`." + (near == null || equals < 0 ? "" : " Did you mean `" + near + "=`?")),
                        1);
            }
        }
    }

    /** {@return whether a state was asked for, so that ended containers count without {@code -a}} */
    boolean asksForStatus() {
        return has("status=");
    }

    private boolean has(String prefix) {
        for (String filter : filters) {
            if (filter.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    boolean accepts(Container container) {
        boolean name = !has("name=");
        boolean status = !has("status=");
        boolean id = !has("id=");
        boolean health = !has("health=");
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            String value = filter.substring(equals + 1);
            switch (filter.substring(0, equals)) {
                case "name" -> name |= container.name().contains(value);
                case "status" -> status |= container.status().word().equals(value);
                case "health" ->
                    health |= container
                            .health()
                            .map(Health::status)
                            .orElse("none")
                            .equals(value);
                case "id" -> id |= container.id().startsWith(value);
                default -> {
                    if (!hasLabel(container, value)) {
                        return false;
                    }
                }
            }
        }
        return name && status && id && health;
    }

    private static boolean hasLabel(Container container, String label) {
        int equals = label.indexOf('=');
        String value = container.spec().labels().get(equals < 0 ? label : label.substring(0, equals));
        return value != null && (equals < 0 || value.equals(label.substring(equals + 1)));
    }
}
