package io.wherry.engine;

import io.wherry.oci.GoDuration;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HEALTHCHECK of a Dockerfile: {@code NONE}, or options and {@code CMD} with a command. Stateless. */
final class HealthInstruction {
    private static final Map<String, String> TIMES = Map.of(
            "--interval", "Interval",
            "--timeout", "Timeout",
            "--start-period", "StartPeriod",
            "--start-interval", "StartInterval");

    private static final long LEAST = 1_000_000; // a millisecond, as docker

    private HealthInstruction() {}

    /** {@return the object of an image's configuration that the instruction's arguments mean} */
    static JsonObject of(String text) {
        JsonObject.Builder options = JsonObject.builder();
        String rest = text;
        while (rest.startsWith("--")) {
            String option = DockerfileWords.split(rest).getFirst();
            rest = rest.substring(option.length()).strip();
            option(option, options);
        }
        String word = rest.isEmpty() ? "" : DockerfileWords.split(rest).getFirst();
        String command = rest.substring(word.length()).strip();
        JsonObject chosen = options.build();
        if (word.equalsIgnoreCase("NONE") && command.isEmpty() && chosen.isEmpty()) {
            return JsonObject.builder().put("Test", List.of("NONE")).build();
        }
        if (!word.equalsIgnoreCase("CMD") || command.isEmpty()) {
            throw ImageChanges.problem("expected `NONE`, or `CMD` and a command.");
        }
        Optional<List<String>> words = ImageChanges.words(command);
        List<String> test = new ArrayList<>();
        test.add(words.isPresent() ? "CMD" : "CMD-SHELL");
        test.addAll(words.orElse(List.of(command)));
        return JsonObject.builder().put("Test", test).putMissing(chosen).build();
    }

    private static void option(String option, JsonObject.Builder check) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        String value = equals < 0 ? "" : option.substring(equals + 1);
        String time = TIMES.get(name);
        if (time != null) {
            long nanoseconds = value.equals("0") ? 0 : GoDuration.nanoseconds(value);
            if (nanoseconds < 0 || (nanoseconds > 0 && nanoseconds < LEAST)) {
                throw ImageChanges.problem(
                        "`" + name + "` takes a time of at least `1ms`, such as `5s`, not `" + value + "`.");
            }
            check.put(time, nanoseconds);
        } else if (name.equals("--retries")) {
            check.put("Retries", retries(value));
        } else {
            throw ImageChanges.problem("there is no option `" + name + "` of a health check.");
        }
    }

    private static long retries(String value) {
        try {
            int retries = Integer.parseInt(value);
            if (retries >= 0) {
                return retries;
            }
        } catch (NumberFormatException e) {
            // one sentence for all that is wrong
        }
        throw ImageChanges.problem("`--retries` takes a whole number, not `" + value + "`.");
    }
}
