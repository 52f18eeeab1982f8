package io.wherry.engine;

import io.wherry.kernel.step.MonitorLog;
import io.wherry.oci.ByteSize;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log driver and its options, understood: docker's names and meaning. {@code syslog} and {@code journald} are programs of the host that read the log, as {@code pipe:PROGRAM} is.
 *
 * @param log what the monitor is told
 * @param details what the options name, by name: labels, variables, {@code tag}
 */
record LogChoice(MonitorLog log, Map<String, String> details) {
    static final String JSON_FILE = "json-file";
    static final String LOCAL = "local";
    static final String PIPE = "pipe:";

    private static final String DRIVERS = "json-file, local, none, pipe:PROGRAM, syslog and journald are known";
    private static final String OPTIONS = "max-size, max-file, mode, tag, labels and env are known";
    private static final long SIZE = 16L << 20;
    private static final int FILES = 3;
    private static final int FILES_MOST = 1000;
    private static final int MORE_MOST = 4000;

    /**
     * {@return the choice in a specification}
     *
     * @param environment the container's variables
     * @throws WherryException of kind INVALID or UNSUPPORTED, by the driver's or the option's name
     */
    static LogChoice of(ContainerSpec spec, List<String> environment, ContainerId id, String name) {
        String driver = spec.logDriver().orElse(JSON_FILE);
        Map<String, String> options = spec.logOptions();
        for (Map.Entry<String, String> option : options.entrySet()) {
            check(option.getKey(), option.getValue(), driver);
        }
        Map<String, String> details = details(spec, environment, id, name);
        return new LogChoice(
                switch (driver) {
                    case "none" -> MonitorLog.NONE;
                    case JSON_FILE -> files(MonitorLog.Format.JSON_FILE, options, more(details));
                    case LOCAL -> files(MonitorLog.Format.LOCAL, options, "");
                    case "syslog" -> program(List.of("logger", "-t", tag(spec, id, name)), spec, id, name);
                    case "journald" -> program(List.of("systemd-cat", "-t", tag(spec, id, name)), spec, id, name);
                    default -> {
                        if (!driver.startsWith(PIPE)) {
                            throw invalid("The log driver `" + driver + "` is not known; " + DRIVERS + ".");
                        }
                        yield program(words(driver.substring(PIPE.length())), spec, id, name);
                    }
                },
                details);
    }

    private static void check(String option, String value, String driver) {
        boolean files = driver.equals(JSON_FILE) || driver.equals(LOCAL);
        switch (option) {
            case "max-size", "max-file" -> {
                if (!files) {
                    throw invalid("The log driver `" + driver + "` has no option `" + option + "`: it keeps no files.");
                }
            }
            case "mode" -> {
                if (!value.equals("blocking") && !value.equals("non-blocking")) {
                    throw invalid("The option `mode` of a log is `blocking` or `non-blocking`, not `" + value + "`.");
                }
            }
            case "tag", "labels", "env" -> {}
            default -> throw invalid("The log option `" + option + "` is not known; " + OPTIONS + ".");
        }
    }

    private static MonitorLog files(MonitorLog.Format format, Map<String, String> options, String more) {
        String size = options.getOrDefault("max-size", "");
        String files = options.getOrDefault("max-file", "");
        long bytes = size.isEmpty()
                ? SIZE
                : size.equals("-1") ? 0 : ByteSize.parse(size).bytes();
        if (!size.isEmpty() && !size.equals("-1") && bytes == 0) {
            throw invalid(
                    "The option `max-size` of a log is a size such as `16m`, or -1 for no limit, not `" + size + "`.");
        }
        return MonitorLog.files(format, bytes, files.isEmpty() ? FILES : number(files), more);
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= FILES_MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // falls through to the one sentence for all that is wrong
        }
        throw invalid("The option `max-file` of a log is a number from 1 to " + FILES_MOST + ", not `" + text + "`.");
    }

    /** {@return what each record of json-file has beside its text, as docker writes it} */
    private static String more(Map<String, String> details) {
        if (details.isEmpty()) {
            return "";
        }
        JsonObject.Builder attrs = JsonObject.builder();
        for (Map.Entry<String, String> detail : details.entrySet()) {
            attrs.put(detail.getKey(), detail.getValue());
        }
        String more = "\"attrs\":" + attrs.build() + ",";
        if (more.getBytes(StandardCharsets.UTF_8).length > MORE_MOST) {
            throw invalid(
                    "What `labels` and `env` add to each line of the log is longer than " + MORE_MOST + " bytes.");
        }
        return more;
    }

    private static Map<String, String> details(
            ContainerSpec spec, List<String> environment, ContainerId id, String name) {
        Map<String, String> options = spec.logOptions();
        if (options.isEmpty()) {
            return Map.of();
        }
        Map<String, String> details = new TreeMap<>();
        for (String label : split(options.getOrDefault("labels", ""), ',')) {
            String value = spec.labels().get(label);
            if (value != null) {
                details.put(label, value);
            }
        }
        for (String variable : split(options.getOrDefault("env", ""), ',')) {
            for (String pair : environment) {
                if (pair.startsWith(variable + "=")) {
                    details.put(variable, pair.substring(variable.length() + 1));
                }
            }
        }
        if (options.containsKey("tag")) {
            details.put("tag", tag(spec, id, name));
        }
        return details;
    }

    /** {@return the tag, whose template names facts of the container; its short id where none was asked for} */
    private static String tag(ContainerSpec spec, ContainerId id, String name) {
        String template = spec.logOptions().getOrDefault("tag", "{{.ID}}");
        StringBuilder tag = new StringBuilder();
        int at = 0;
        for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", at)) {
            int close = template.indexOf("}}", open);
            String field = close < 0 ? "" : template.substring(open + 2, close).strip();
            tag.append(template, at, open);
            tag.append(
                    switch (field) {
                        case ".ID" -> id.abbreviated();
                        case ".FullID" -> id.text();
                        case ".Name" -> name;
                        case ".ImageName" -> spec.image().orElse("");
                        case ".DaemonName" -> "wherry";
                        default ->
                            throw invalid("The tag `" + template
                                    + "` names something else than .ID, .FullID, .Name, .ImageName and .DaemonName.");
                    });
            at = close + 2;
        }
        return tag.append(template.substring(at)).toString();
    }

    private static MonitorLog program(List<String> words, ContainerSpec spec, ContainerId id, String name) {
        if (words.isEmpty()) {
            throw invalid("The log driver `pipe:` names no program.");
        }
        String path = System.getenv("PATH") == null ? "/usr/bin:/bin" : System.getenv("PATH");
        List<String> program = new ArrayList<>(words);
        program.set(0, find(words.getFirst(), path));
        List<String> environment = List.of(
                "PATH=" + path,
                "WHERRY_ID=" + id.text(),
                "WHERRY_NAME=" + name,
                "WHERRY_IMAGE=" + spec.image().orElse(""));
        return MonitorLog.program(
                environment, program, spec.logOptions().getOrDefault("mode", "").equals("blocking"));
    }

    private static String find(String program, String path) {
        if (program.indexOf('/') >= 0) {
            return Path.of(program).toAbsolutePath().toString();
        }
        for (String folder : split(path, ':')) {
            Path candidate = Path.of(folder, program);
            if (folder.startsWith("/") && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw new WherryException(
                WherryException.Kind.UNSUPPORTED,
                "The log is to be read by `" + program + "`, which is not in PATH.",
                "Install it, or choose another --log-driver.");
    }

    /** {@return the words between blanks; there is no quoting} */
    private static List<String> words(String text) {
        return split(text, ' ');
    }

    private static List<String> split(String text, char at) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == at) {
                if (i > from) {
                    words.add(text.substring(from, i));
                }
                from = i + 1;
            }
        }
        return words;
    }

    private static WherryException invalid(String sentence) {
        return new WherryException(WherryException.Kind.INVALID, sentence);
    }
}
