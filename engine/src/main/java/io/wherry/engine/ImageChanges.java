package io.wherry.engine;

import io.wherry.oci.ImageConfig;
import io.wherry.oci.Nearest;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonException;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Changes of an image's configuration in the words of a Dockerfile, as {@code commit --change} and {@code import --change} take them. What no instruction names stays as it is, byte for byte of
 * its value; so do members that nobody here knows.
 *
 * @see "Docker, Dockerfile reference"
 */
public final class ImageChanges {
    private static final List<String> KNOWN = List.of(
            "CMD",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "HEALTHCHECK",
            "LABEL",
            "ONBUILD",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");
    /** Instructions that make files or belong to a build. */
    private static final List<String> OTHERS = List.of("ADD", "ARG", "COPY", "FROM", "MAINTAINER", "RUN", "SHELL");

    private static final List<String> SHELL = List.of("/bin/sh", "-c");
    private static final int PORTS = 65_535;

    private final JsonObject.Builder config;
    private JsonObject seen;
    private boolean commandGiven;

    private ImageChanges(JsonObject config) {
        this.config = config.toBuilder();
        this.seen = config;
    }

    /**
     * {@return the configuration with these changes, the first of them first}
     *
     * @param changes each an instruction with its arguments, such as {@code ENV LANG=C}; several lines are several
     * @throws WherryException of kind INVALID for one that is not known or not understood
     */
    public static ImageConfig apply(ImageConfig image, List<String> changes) {
        JsonObject document = image.document();
        ImageChanges all = new ImageChanges(document.fields().rawObject("config"));
        boolean any = false;
        for (String change : changes) {
            for (String line : change.replaceAll("\\\\[ \t]*\r?\n", "").split("\r?\n", -1)) {
                String instruction = line.strip();
                if (!instruction.isEmpty() && !instruction.startsWith("#")) {
                    all.change(instruction);
                    any = true;
                }
            }
        }
        return any ? ImageConfig.of(document.toBuilder().put("config", all.seen).build()) : image;
    }

    private void change(String line) {
        int end = 0;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
            end++;
        }
        String word = line.substring(0, end).toUpperCase(Locale.ROOT);
        String rest = line.substring(end).strip();
        if (!KNOWN.contains(word)) {
            throw unknown(line.substring(0, end), word);
        }
        if (rest.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.INVALID, "The change `" + word + "` needs something behind it.");
        }
        try {
            change(word, rest);
        } catch (WherryException e) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The change `" + line + "` is refused: " + e.getMessage(),
                    e.hint().orElse(null),
                    e);
        }
        seen = config.build();
    }

    private void change(String word, String rest) {
        switch (word) {
            case "CMD" -> {
                config.put("Cmd", command(rest));
                commandGiven = true;
            }
            case "ENTRYPOINT" -> {
                config.put("Entrypoint", command(rest));
                if (!commandGiven) {
                    config.remove("Cmd"); // it was an argument for another program
                }
            }
            case "ENV" -> environment(rest);
            case "EXPOSE" -> addAll("ExposedPorts", ports(rest));
            case "HEALTHCHECK" -> config.put("Healthcheck", HealthInstruction.of(rest));
            case "LABEL" -> labels(rest);
            case "ONBUILD" -> onBuild(rest);
            case "STOPSIGNAL" ->
                config.put("StopSignal", Signal.parse(expand(rest)).text());
            case "USER" -> config.put("User", expand(rest));
            case "VOLUME" -> addAll("Volumes", volumes(rest));
            default -> config.put("WorkingDir", folder(expand(rest)));
        }
    }

    private static WherryException unknown(String typed, String word) {
        if (OTHERS.contains(word)) {
            return new WherryException(
                    WherryException.Kind.INVALID,
                    "The instruction `" + word + "` cannot be a change: it belongs to a build.",
                    "Changes are " + String.join(", ", KNOWN) + ".");
        }
        String near = Nearest.of(word, KNOWN);
        return new WherryException(
                WherryException.Kind.INVALID,
                "There is no instruction `" + typed + "`." + (near == null ? "" : " Did you mean `" + near + "`?"),
                "Changes are " + String.join(", ", KNOWN) + ".");
    }

    private String expand(String text) {
        return DockerfileWords.expand(text, seen.fields().strings("Env"));
    }

    private List<String> expandEach(String text) {
        List<String> words = new ArrayList<>();
        for (String word : DockerfileWords.split(text)) {
            words.add(expand(word));
        }
        return words;
    }

    /** {@return the words of a JSON array; absent: the text is in the shell form} */
    static Optional<List<String>> words(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            List<String> words = new ArrayList<>();
            if (JsonValue.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof JsonArray array) {
                for (JsonValue word : array) {
                    if (!(word instanceof JsonString string)) {
                        return Optional.empty();
                    }
                    words.add(string.value());
                }
                return Optional.of(words);
            }
        } catch (JsonException e) {
            // As docker has it: what is no array is a line for the shell.
        }
        return Optional.empty();
    }

    private List<String> command(String text) {
        Optional<List<String>> words = words(text);
        if (words.isPresent()) {
            return words.get();
        }
        List<String> shell = seen.fields().strings("Shell");
        List<String> line = new ArrayList<>(shell.isEmpty() ? SHELL : shell);
        line.add(text);
        return line;
    }

    private record Pair(String name, String value) {}

    /** {@code NAME=value …}, or the old form {@code NAME value}, whose value is all that follows. */
    private List<Pair> pairs(String text) {
        List<String> words = DockerfileWords.split(text);
        List<Pair> pairs = new ArrayList<>();
        if (words.getFirst().indexOf('=') < 0) {
            String name = words.getFirst();
            if (words.size() == 1) {
                throw problem("`" + name + "` needs a value: `" + name + "=…`.");
            }
            pairs.add(
                    new Pair(expand(name), expand(text.substring(name.length()).strip())));
            return pairs;
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw problem("`" + word + "` has no `=`.");
            }
            pairs.add(new Pair(expand(word.substring(0, equals)), expand(word.substring(equals + 1))));
        }
        return pairs;
    }

    private void environment(String text) {
        List<String> variables = new ArrayList<>(seen.fields().strings("Env"));
        for (Pair pair : pairs(text)) {
            if (pair.name().isEmpty()) {
                throw problem("a variable has no name.");
            }
            String variable = pair.name() + "=" + pair.value();
            int at = 0;
            while (at < variables.size() && !variables.get(at).startsWith(pair.name() + "=")) {
                at++;
            }
            if (at < variables.size()) {
                variables.set(at, variable);
            } else {
                variables.add(variable);
            }
        }
        config.put("Env", variables);
    }

    private void labels(String text) {
        JsonObject.Builder labels = seen.fields().rawObject("Labels").toBuilder();
        for (Pair pair : pairs(text)) {
            if (pair.name().isEmpty()) {
                throw problem("a label has no name.");
            }
            labels.put(pair.name(), pair.value());
        }
        config.put("Labels", labels.build());
    }

    private void onBuild(String text) {
        String word = DockerfileWords.split(text).getFirst().toUpperCase(Locale.ROOT);
        if (word.equals("ONBUILD") || word.equals("FROM") || word.equals("MAINTAINER")) {
            throw problem("`" + word + "` cannot stand behind ONBUILD.");
        }
        if (!KNOWN.contains(word) && !OTHERS.contains(word)) {
            throw unknown(word, word);
        }
        List<String> triggers = new ArrayList<>(seen.fields().strings("OnBuild"));
        triggers.add(text);
        config.put("OnBuild", triggers);
    }

    /** A set is an object whose members are empty objects. */
    private void addAll(String member, List<String> names) {
        JsonObject.Builder set = seen.fields().rawObject(member).toBuilder();
        for (String name : names) {
            set.put(name, JsonObject.empty());
        }
        config.put(member, set.build());
    }

    private List<String> volumes(String text) {
        List<String> volumes = words(text).orElseGet(() -> expandEach(text));
        for (String volume : volumes) {
            if (volume.isBlank()) {
                throw problem("a volume has no path.");
            }
        }
        return volumes;
    }

    /** {@code 80}, {@code 53/udp}, {@code 8000-8010}. */
    private List<String> ports(String text) {
        List<String> ports = new ArrayList<>();
        for (String word : expandEach(text)) {
            int slash = word.indexOf('/');
            String protocol = slash < 0 ? "tcp" : word.substring(slash + 1).toLowerCase(Locale.ROOT);
            String range = slash < 0 ? word : word.substring(0, slash);
            int dash = range.indexOf('-');
            int first = port(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : port(range.substring(dash + 1));
            if (first < 1 || last < first || !List.of("tcp", "udp", "sctp").contains(protocol)) {
                throw problem("`" + word + "` is no port such as `80`, `53/udp` or `8000-8010`.");
            }
            for (int port = first; port <= last; port++) {
                ports.add(port + "/" + protocol);
            }
        }
        return ports;
    }

    private static int port(String text) {
        try {
            int port = text.length() > 5 || text.startsWith("+") ? 0 : Integer.parseInt(text);
            return port > PORTS ? 0 : port;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** {@return the folder, absolute and without detours; a relative one is below the present one} */
    private String folder(String text) {
        String present = seen.fields().string("WorkingDir").orElse("");
        String path = text.startsWith("/") ? text : present + "/" + text;
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    static WherryException problem(String sentence) {
        return new WherryException(WherryException.Kind.INVALID, sentence);
    }
}
