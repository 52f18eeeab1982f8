package io.wherry.cli.run;

import io.wherry.cli.session.Environment;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ContainerSpec;
import io.wherry.kernel.launch.Context;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the words of {@code run} into what is asked of the engine: reads files, takes variables over, joins options. */
public final class Asked {
    private static final long MOST_BYTES = 1 << 20;
    private static final long PERIOD_MICROS = 100_000;
    private static final int MISUSE = 125;

    private final RunWords words;
    private final Environment caller;
    private final List<String> problems = new ArrayList<>();

    private Asked(RunWords words, Environment caller) {
        this.words = words;
        this.caller = caller;
    }

    /**
     * {@return the specification}
     *
     * @param operands the image and the command, or, with a root folder, the command
     * @param caller the caller's variables
     * @param context what the launcher saw
     * @throws UsageException if the words do not fit together
     */
    public static ContainerSpec from(RunWords words, List<String> operands, Environment caller, Context context) {
        Asked asked = new Asked(words, caller);
        asked.operands(operands);
        asked.environment();
        asked.labels();
        asked.processors();
        asked.seccomp();
        asked.streams();
        if (!asked.problems.isEmpty()) {
            throw new UsageException("run", asked.problems, MISUSE);
        }
        Greeting.addTo(words.spec, context);
        return words.spec.build();
    }

    private void operands(List<String> operands) {
        boolean folder = words.spec.rootfs.isPresent();
        if (operands.isEmpty() && !folder) {
            problems.add("`run` needs IMAGE [COMMAND] [ARG...], or a folder by `--rootfs`.");
        } else if (operands.isEmpty() && words.spec.entrypoint.isEmpty()) {
            problems.add("`run --rootfs` needs COMMAND [ARG...]: a folder does not say what is to run in it.");
        } else if (folder) {
            words.spec.command = operands;
        } else {
            words.spec.image = Optional.of(operands.getFirst());
            words.spec.command = operands.subList(1, operands.size());
        }
    }

    /** Files first, then options; of one name the last counts, in the place of the first. */
    private void environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String file : words.environmentFiles) {
            for (String line : lines(file, "--env-file")) {
                variable(variables, line);
            }
        }
        for (String pair : words.environment) {
            variable(variables, pair);
        }
        List<String> list = new ArrayList<>();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            list.add(variable.getKey() + "=" + variable.getValue());
        }
        words.spec.env = list;
    }

    private void variable(Map<String, String> variables, String pair) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? caller.get(name) : pair.substring(equals + 1);
        if (value != null) {
            variables.put(name, value);
        }
    }

    private void labels() {
        for (String file : words.labelFiles) {
            for (String line : lines(file, "--label-file")) {
                label(line);
            }
        }
        for (String pair : words.labels) {
            label(pair);
        }
    }

    private void label(String pair) {
        int equals = pair.indexOf('=');
        words.spec.labels.put(
                equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
    }

    /** Half a processor is half of each period. */
    private void processors() {
        Long processors = words.processors;
        if (processors == null || processors == 0) {
            return;
        }
        if (words.spec.cpuQuota != 0 || words.spec.cpuPeriod != 0) {
            problems.add("Option `--cpus` says the same as `--cpu-quota` and `--cpu-period`; give one or the others.");
            return;
        }
        words.spec.cpuPeriod = PERIOD_MICROS;
        words.spec.cpuQuota = processors / (1_000_000_000 / PERIOD_MICROS);
        if (words.spec.cpuQuota < 1000) {
            problems.add("Option `--cpus` takes at least `0.01`: the kernel gives out no less.");
        }
    }

    private void seccomp() {
        String profile = words.seccomp;
        if (profile != null) {
            words.spec.seccomp =
                    Optional.of(profile.equals("unconfined") ? profile : text(profile, "--security-opt seccomp"));
        }
    }

    private void streams() {
        if (words.spec.detached && !words.streams.isEmpty()) {
            problems.add("Option `-a` stays with the container and `-d` does not; give one of them.");
        }
    }

    /** Lines of a file that are not empty and no comment, without blanks before them. */
    private List<String> lines(String file, String option) {
        List<String> lines = new ArrayList<>();
        String text = text(file, option);
        int number = 0;
        for (int from = 0; from < text.length(); ) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(from, end).stripLeading();
            from = end + 1;
            number++;
            if (line.endsWith("\r")) {
                line = line.substring(0, line.length() - 1);
            }
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? line.stripTrailing() : line.substring(0, equals);
            if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0 || line.indexOf('\0') >= 0) {
                problems.add("Line " + number + " of `" + file + "` (" + option + ") is not `NAME=VALUE`.");
            } else {
                lines.add(equals < 0 ? name : line);
            }
        }
        return lines;
    }

    private String text(String file, String option) {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > MOST_BYTES) {
                problems.add("The file `" + file + "` (" + option + ") is larger than 1 MiB.");
                return "";
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND, "Cannot read the file `" + file + "` of " + option + ".", e);
        }
    }
}
