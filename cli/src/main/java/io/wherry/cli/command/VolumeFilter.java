package io.wherry.cli.command;

import io.wherry.cli.table.UsageException;
import io.wherry.engine.KeptVolume;
import io.wherry.oci.Nearest;
import java.util.ArrayList;
import java.util.List;

/** The values of {@code volume ls --filter} and {@code volume prune --filter}, with docker's meanings: of one key any may hold, but every label must; all keys must hold. */
final class VolumeFilter {
    /** Keys of a listing. */
    static final List<String> OF_LISTING = List.of("dangling", "driver", "label", "name");

    /** Keys of a removal. */
    static final List<String> OF_PRUNING = List.of("label", "label!");

    private record Condition(String key, String value) {}

    private final List<Condition> conditions = new ArrayList<>();

    VolumeFilter(String command, List<String> keys, List<String> filters) {
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            String key = equals < 0 ? filter : filter.substring(0, equals);
            if (equals < 0 || !keys.contains(key)) {
                String near = equals < 0 ? null : Nearest.of(key, keys);
                throw wrong(
                        command,
                        "Option `--filter` takes `KEY=VALUE` with one of the keys " + String.join(", ", keys)
                                + ", not `" + filter + "`." + (near == null ? "" : " Did you mean `" + near + "=`?"));
            }
            String value = filter.substring(equals + 1);
            if (key.equals("dangling") && !List.of("true", "false", "1", "0").contains(value)) {
                throw wrong(command, "The filter `dangling=` takes true or false, not `" + value + "`.");
            }
            conditions.add(new Condition(key, value));
        }
    }

    private static UsageException wrong(String command, String sentence) {
        return new UsageException(command, List.of(sentence), 1);
    }

    boolean accepts(KeptVolume volume) {
        for (Condition condition : conditions) {
            boolean label = condition.key.startsWith("label");
            if (label ? !holds(condition, volume) : !anyHolds(condition.key, volume)) {
                return false;
            }
        }
        return true;
    }

    private boolean anyHolds(String key, KeptVolume volume) {
        for (Condition condition : conditions) {
            if (condition.key.equals(key) && holds(condition, volume)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Condition condition, KeptVolume volume) {
        String value = condition.value;
        return switch (condition.key) {
            case "dangling" -> volume.users().isEmpty() == (value.equals("true") || value.equals("1"));
            case "driver" -> volume.volume().driver().equals(value);
            case "name" -> volume.volume().name().contains(value);
            case "label!" -> !hasLabel(volume, value);
            default -> hasLabel(volume, value);
        };
    }

    private static boolean hasLabel(KeptVolume volume, String label) {
        int equals = label.indexOf('=');
        String value = VolumeDocument.labels(volume).get(equals < 0 ? label : label.substring(0, equals));
        return value != null && (equals < 0 || value.equals(label.substring(equals + 1)));
    }
}
