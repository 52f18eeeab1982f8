package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run --step}: a start that waits for a person before each instruction, by root and by an ordinary user. */
@Tag("user")
class SteppingTest {
    private static final Pattern INSTRUCTION = Pattern.compile("(?m)^ {4}(\\d+)  .*");
    private static final int MANY = 1000;

    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "stepping-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    @AfterEach
    void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command.Result step(String input, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--step", "--network", "none"));
        words.addAll(List.of(options));
        words.add("hello");
        return built.wherry(words.toArray(String[]::new)).input(input).run();
    }

    private static List<Integer> shown(Command.Result result) {
        List<Integer> numbers = new ArrayList<>();
        Matcher line = INSTRUCTION.matcher(result.err());
        while (line.find()) {
            numbers.add(Integer.parseInt(line.group(1)));
        }
        return numbers;
    }

    private String containers() {
        return built.wherry("ps", "-aq").check().out();
    }

    @Test
    void everyInstructionIsShownAsItIsExplained() {
        Command.Result result = step("\n".repeat(MANY), "--rm");
        assertThat(result.exit()).isZero();
        assertThat(result.out()).contains("pid 1\n");
        String explained = built.wherry("explain", "-v", "run", "--rm", "--network", "none", "hello")
                .check()
                .out();
        for (String call : List.of("pivot_root(\".\", \".\")", "seccomp(", "EXEC(\"/hello\"", "MONITOR(")) {
            assertThat(explained).contains("  " + call);
            assertThat(result.err()).contains("  " + call);
        }
        assertThat(shown(result)).doesNotHaveDuplicates().hasSizeGreaterThan(150);
        assertThat(containers()).isEmpty();
    }

    @Test
    void whatAnInstructionChangedStandsBelowIt() {
        String err = step("\n".repeat(MANY), "--rm").err();
        assertThat(err)
                .containsPattern(
                        "\nprocess \\d+\n        - namespace (.*\n)*?        \\+ namespace mnt:.*\n(.*\n)*?\nstrand 1  step ");
        assertThat(err).containsPattern("umount2\\(\"\\.\", 2\\)\\n        - mount / / ");
        assertThat(err).containsPattern("move_mount.*\\n        \\+ mount / /proc .* - proc ");
        assertThat(err).containsPattern("prctl\\(0x18.*\\n        - CapBnd: .*\\n        \\+ CapBnd: ");
        assertThat(err).containsPattern("seccomp\\(.*\\n        - Seccomp: 0\\n        \\+ Seccomp: 2\\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 40, 90, 140, 190})
    void theEndOfTheInputEndsTheStartAndNothingStays(int lines) {
        Command.Result result = step("\n".repeat(lines), "--rm");
        assertThat(result.exit()).isEqualTo(125);
        assertThat(result.err()).contains("it was ended before step ");
        assertThat(shown(result)).hasSize(lines + 1);
        assertThat(containers()).isEmpty();
    }

    @Test
    void aStartThatWasEndedCanBeDoneLater() {
        assertThat(step("\n\nq\n\n\n", "--name", "later").exit()).isEqualTo(125);
        assertThat(built.wherry("ps", "-a", "--format", "{{.Names}} {{.State}}")
                        .check()
                        .out())
                .isEqualTo("later created\n");
        assertThat(built.wherry("start", "-a", "later").check().out()).contains("pid 1\n");
        built.wherry("rm", "later").check();
    }

    @Test
    void theRestRunsOnAndALaterStartAsksNobody() {
        Command.Result result = step("\n\n\nc\n", "--name", "once");
        assertThat(result.exit()).isZero();
        assertThat(shown(result)).hasSize(4);
        Command.Result again = built.wherry("start", "-a", "once").check();
        assertThat(again.out()).contains("pid 1\n");
        assertThat(again.err()).isEmpty();
        built.wherry("rm", "once").check();
    }

    @Test
    void theInputIsThePersonsAlone() {
        assertThat(built.wherry("run", "--step", "-i", "hello").run().err())
                .contains("Options `--step` and `-i` both read the input; give one of them.");
    }
}
