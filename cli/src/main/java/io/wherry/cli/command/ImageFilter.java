package io.wherry.cli.command;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Moments;
import io.wherry.engine.Image;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The values of {@code --filter} of a prune, with docker's meanings: all must hold. {@code until} compares when the image was made, or when it came here if it does not say. */
final class ImageFilter implements Predicate<Image> {
    private static final long SECOND = 1_000_000_000L;

    private final List<Predicate<Image>> conditions = new ArrayList<>();

    /** Reads filters; what cannot be one is INVALID. */
    ImageFilter(List<String> filters) {
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            String key = equals < 0 ? filter : filter.substring(0, equals);
            String value = filter.substring(equals + 1);
            switch (key) {
                case "until" -> conditions.add(until(value));
                case "label" -> conditions.add(image -> has(image, value));
                case "label!" -> conditions.add(image -> !has(image, value));
                default ->
                    throw new WherryException(
                            WherryException.Kind.INVALID,
                            "The filter `" + key + "` is not known; label, label! and until are.");
            }
        }
    }

    private static Predicate<Image> until(String value) {
        try {
            long seconds = Moments.parse(value, System.currentTimeMillis()) / SECOND;
            return image -> made(image) < seconds;
        } catch (BadValueException e) {
            throw new WherryException(
                    WherryException.Kind.INVALID, "The filter `until=" + value + "` has no time: " + e.getMessage());
        }
    }

    private static long made(Image image) {
        long made = ContainerRow.seconds(image.config().created().orElse(""));
        return made > 0 ? made : image.stored();
    }

    private static boolean has(Image image, String wanted) {
        Map<String, String> labels = image.config().execution().labels();
        int equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    @Override
    public boolean test(Image image) {
        for (Predicate<Image> condition : conditions) {
            if (!condition.test(image)) {
                return false;
            }
        }
        return true;
    }
}
