package io.wherry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's table of promises is the one that refusals come from. {@code WHERRY_GOLDEN=write} writes it. */
class PromisesTest {
    private static final String BEGIN = "<!-- wherry runtimes --promises -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void theReadmesTableIsTheTableOfPromises() throws IOException {
        Path readme = Path.of(System.getProperty("wherry.source", ".."), "README.md");
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END, begin);
        if ("write".equals(System.getenv("WHERRY_GOLDEN"))) {
            Files.writeString(readme, text.substring(0, begin) + RuntimesCommand.promises() + text.substring(end));
        } else {
            assertThat(text.substring(begin, end)).isEqualTo(RuntimesCommand.promises());
        }
    }
}
