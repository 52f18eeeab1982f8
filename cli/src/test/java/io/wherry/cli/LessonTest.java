package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/lesson.md: every command of it is run, in order, and prints what the page says. */
class LessonTest {
    private static final int LEAST = 30;

    /** A command and what it prints: lines, in which {@code …} stands for anything. */
    private record Example(String command, List<String> output) {
        Pattern pattern() {
            StringBuilder pattern = new StringBuilder();
            for (String line : output) {
                if (line.equals("…")) {
                    pattern.append("(.*\n)*");
                } else {
                    for (String part : line.splitWithDelimiters("…", 0)) {
                        pattern.append(part.equals("…") ? ".*" : Pattern.quote(part));
                    }
                    pattern.append('\n');
                }
            }
            return Pattern.compile(pattern.toString());
        }
    }

    private static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Sources.root().resolve("docs/lesson.md"))) {
            if (line.equals("```")) {
                inside = !inside;
            } else if (inside && line.startsWith("$ ")) {
                examples.add(new Example(line.substring(2), new ArrayList<>()));
            } else if (inside) {
                examples.getLast().output().add(line);
            }
        }
        return examples;
    }

    @Test
    void everyCommandPrintsWhatThePageSays() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "the lesson is root's");
        Command.requireTool("busybox", "busybox-static");
        List<Example> examples = examples();
        assertThat(examples).hasSizeGreaterThan(LEAST);
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "lesson-").toRealPath();
        try {
            String path = Sources.root().resolve("dist/bin") + ":" + System.getenv("PATH");
            for (Example example : examples) {
                String printed = Command.of("bash", "-c", "exec 2>&1 </dev/null; " + example.command())
                        .in(folder)
                        .with("PATH", path)
                        .with("WHERRY_ROOT", folder.resolve("root").toString())
                        .with("LC_ALL", "C.UTF-8")
                        .run()
                        .out();
                assertThat(printed).as(example.command()).matches(example.pattern());
            }
        } finally {
            Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
        }
    }
}
