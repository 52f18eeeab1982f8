package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.DockerDaemon;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's docker is the referee: the same commands, of {@code src/test/differential/script.txt}, are given to it and to Wherry, and exit codes and output must be equal. Where they are not,
 * {@code differences.txt} has the command and the reason; a reason that is not needed any more is a failure too.
 */
class DockerComparisonTest {
    private static final Path SCRIPTS = Sources.root().resolve("cli/src/test/differential");
    private static final String CONFIG =
            "{\"Cmd\":[\"sh\"],\"Env\":[\"PATH=/usr/local/bin:/usr/bin:/bin\",\"A=image\"],\"Labels\":{\"from\":\"image\"},\"WorkingDir\":\"/work\"}";
    private static final int MOST_TRIES = 200;

    @TempDir
    Path folder;

    /** What one side said. */
    private record Said(int code, String text, String errors) {
        boolean agrees(Said other) {
            return code == other.code && text.equals(other.text);
        }

        @Override
        public String toString() {
            return "exit " + code + "\n" + text.indent(6) + errors.indent(8);
        }
    }

    @Test
    void bothAnswerTheSame() throws IOException, InterruptedException {
        List<String> script = Files.readAllLines(SCRIPTS.resolve("script.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        Map<String, String> reasons = reasons();
        OciLayout layout = OciLayout.create(folder.resolve("layout"))
                .image("box", CONFIG, OciLayout.Compression.GZIP, List.of(TestImages.busyboxLayer()));
        try (LocalRegistry registry = LocalRegistry.start();
                DockerDaemon docker = DockerDaemon.start()) {
            String image = TestImages.push(layout, "box", registry, "box:1");
            Path root = folder.resolve("root");
            List<Said> theirs = new ArrayList<>();
            List<Said> ours = new ArrayList<>();
            Thread side = new Thread(() -> {
                all(script, "docker --host " + docker.host(), image, theirs);
            });
            side.start();
            all(script, Sources.root().resolve("dist/bin/wherry") + " --root " + root, image, ours);
            side.join();
            judge(script, theirs, ours, reasons);
            Command.of(
                            "sh",
                            "-c",
                            "docker --host " + docker.host() + " ps -aq | xargs -r docker --host " + docker.host()
                                    + " rm -f")
                    .run();
        } finally {
            Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        }
    }

    /** Lines {@code command <tab> reason}. */
    private static Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        for (String line : Files.readAllLines(SCRIPTS.resolve("differences.txt"))) {
            int tab = line.indexOf('\t');
            if (tab > 0 && !line.startsWith("# ")) {
                reasons.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        return reasons;
    }

    private static void judge(List<String> script, List<Said> theirs, List<Said> ours, Map<String, String> reasons) {
        StringBuilder report = new StringBuilder();
        List<String> needed = new ArrayList<>();
        int equal = 0;
        for (int i = 0; i < script.size(); i++) {
            String line = script.get(i);
            if (theirs.get(i).agrees(ours.get(i))) {
                equal++;
            } else if (reasons.containsKey(line)) {
                needed.add(line);
            } else {
                report.append(i + 1)
                        .append("  ")
                        .append(line)
                        .append("\n    docker: ")
                        .append(theirs.get(i))
                        .append("    wherry: ")
                        .append(ours.get(i));
            }
        }
        System.out.printf(
                "%d commands given to docker and to wherry: %d answered alike, %d differ for a known reason, %d differ%n",
                script.size(), equal, needed.size(), script.size() - equal - needed.size());
        for (String known : reasons.keySet()) {
            if (!needed.contains(known)) {
                report.append("no difference any more: ").append(known).append('\n');
            }
        }
        assertThat(report.toString()).isEmpty();
    }

    private static void all(List<String> script, String program, String image, List<Said> to) {
        Command.of("sh", "-c", program + " pull -q " + image)
                .timeout(Duration.ofMinutes(1))
                .check();
        for (String line : script) {
            to.add(said(line, program, image));
        }
    }

    private static Said said(String line, String program, String image) {
        char kind = line.charAt(1) == ' ' && "|~?".indexOf(line.charAt(0)) >= 0 ? line.charAt(0) : ' ';
        String words = kind == ' ' ? line : line.substring(2);
        Command command = Command.of("sh", "-c", program + " " + words.replace("IMG", image))
                .timeout(Duration.ofMinutes(1));
        Command.Result result = command.run();
        for (int tries = 0; kind == '?' && result.exit() != 0 && tries < MOST_TRIES; tries++) {
            result = command.run();
        }
        String text = kind == '|'
                ? ""
                : result.out()
                        .replace(image, "IMG")
                        .replaceAll("\\b[0-9a-f]{64}\\b", "ID")
                        .replaceAll("\\b[0-9a-f]{12}\\b", "ID");
        if (kind == '~') {
            String[] lines = text.split("\n", -1);
            Arrays.sort(lines);
            text = String.join("\n", lines);
        }
        return new Said(result.exit(), text, result.err());
    }
}
