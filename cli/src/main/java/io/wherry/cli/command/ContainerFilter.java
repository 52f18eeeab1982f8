package io.wherry.cli.command;

import io.wherry.cli.table.UsageException;
import io.wherry.engine.Container;
import io.wherry.engine.Engine;
import io.wherry.engine.Health;
import io.wherry.engine.Image;
import io.wherry.engine.MountSpec;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Nearest;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The values of {@code ps --filter}, with docker's meanings: of one key any may hold, but every label must; all keys must hold. */
final class ContainerFilter {
    private static final List<String> KEYS = List.of(
            "name", "status", "id", "label", "ancestor", "before", "since", "exited", "health", "network", "volume");
    private static final List<String> ABSENT = List.of("publish", "expose", "is-task");
    private static final List<String> STATUS =
            List.of("created", "restarting", "running", "removing", "paused", "exited", "dead", "damaged");
    private static final List<String> HEALTH = List.of("starting", "healthy", "unhealthy", "none");

    /**
     * One of them.
     *
     * @param value what a container is compared with: of {@code before} and {@code since} when that container was created, of {@code ancestor} an image's id, or its name if it is not here
     */
    private record Condition(String key, String value) {}

    private final List<Condition> conditions = new ArrayList<>();
    private final boolean bridged;

    /**
     * Reads filters.
     *
     * @param engine finds the containers and images that they name
     */
    ContainerFilter(List<String> filters, Engine engine) {
        bridged = engine.facts().root();
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            String key = equals < 0 ? filter : filter.substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw unknown(filter, key, equals >= 0);
            }
            conditions.add(new Condition(key, resolved(key, filter.substring(equals + 1), engine)));
        }
    }

    private static UsageException unknown(String filter, String key, boolean whole) {
        if (ABSENT.contains(key)) {
            return wrong("Containers cannot be filtered by `" + key + "`: nothing here has it yet.");
        }
        String near = whole ? Nearest.of(key, KEYS) : null;
        return wrong("Option `--filter` takes `KEY=VALUE` with one of the keys " + String.join(", ", KEYS) + ", not `"
                + filter + "`." + (near == null ? "" : " Did you mean `" + near + "=`?"));
    }

    private static UsageException wrong(String sentence) {
        return new UsageException("ps", List.of(sentence), 1);
    }

    private static String resolved(String key, String value, Engine engine) {
        return switch (key) {
            case "status" -> oneOf(key, value, STATUS);
            case "health" -> oneOf(key, value, HEALTH);
            case "exited" -> number(value);
            case "before", "since" -> engine.container(value).created();
            case "ancestor" -> image(value, engine);
            default -> value;
        };
    }

    private static String oneOf(String key, String value, List<String> words) {
        if (!words.contains(value)) {
            throw wrong(
                    "The filter `" + key + "=` takes one of " + String.join(", ", words) + ", not `" + value + "`.");
        }
        return value;
    }

    private static String number(String value) {
        try {
            return Integer.toString(Integer.parseInt(value));
        } catch (NumberFormatException e) {
            throw wrong("The filter `exited=` takes an exit code, not `" + value + "`.");
        }
    }

    /** An image that is here is meant by its id, so that another name for it does too. */
    private static String image(String value, Engine engine) {
        try {
            for (Image image : engine.images()) {
                String id = image.id().hex();
                if (image.reference().equals(ImageReference.parse(value))
                        || (value.length() > 11 && id.startsWith(value))) {
                    return image.id().toString();
                }
            }
        } catch (WherryException e) {
            return value; // no name of an image, and so nobody's
        }
        return value;
    }

    /** {@return whether a state was asked for, so that ended containers count without {@code -a}} */
    boolean asksForStatus() {
        return has("status");
    }

    private boolean has(String key) {
        for (Condition condition : conditions) {
            if (condition.key.equals(key)) {
                return true;
            }
        }
        return false;
    }

    boolean accepts(Container container) {
        for (String key : KEYS) {
            if (has(key) && !holds(key, container)) {
                return false;
            }
        }
        return true;
    }

    /** One that holds decides, but for labels one that does not. */
    private boolean holds(String key, Container container) {
        boolean every = key.equals("label");
        for (Condition condition : conditions) {
            if (condition.key.equals(key) && matches(condition, container) != every) {
                return !every;
            }
        }
        return every;
    }

    private boolean matches(Condition condition, Container container) {
        String value = condition.value;
        return switch (condition.key) {
            case "name" -> hasName(container.name(), value);
            case "status" -> container.status().word().equals(value);
            case "id" -> container.id().startsWith(value);
            case "label" -> hasLabel(container, value);
            case "ancestor" ->
                value.equals(container.imageId().orElse(""))
                        || value.equals(container.spec().image().orElse(""));
            case "before" -> container.created().compareTo(value) < 0;
            case "since" -> container.created().compareTo(value) > 0;
            case "exited" ->
                container.status() == Container.Status.EXITED
                        && value.equals(Integer.toString(container.exitCode().orElse(-1)));
            case "health" -> value.equals(container.health().map(Health::status).orElse("none"));
            case "network" -> value.equals(ContainerRow.network(container, bridged));
            default -> hasVolume(container, value);
        };
    }

    /** Docker's are regular expressions; plain words need none. */
    private static boolean hasName(String name, String value) {
        if (name.contains(value)) {
            return true;
        }
        boolean plain = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            plain &= Character.isLetterOrDigit(c) || c == '-' || c == '_';
        }
        try {
            Pattern pattern = plain ? null : Pattern.compile(value);
            return pattern != null
                    && (pattern.matcher(name).find()
                            || pattern.matcher("/" + name).find());
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private static boolean hasLabel(Container container, String label) {
        int equals = label.indexOf('=');
        String value = container.labels().get(equals < 0 ? label : label.substring(0, equals));
        return value != null && (equals < 0 || value.equals(label.substring(equals + 1)));
    }

    private static boolean hasVolume(Container container, String value) {
        for (MountSpec mount : container.spec().mounts()) {
            if (mount.target().equals(value) || mount.source().orElse("").equals(value)) {
                return true;
            }
        }
        return false;
    }
}
