package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.launch.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int train(String cache) {
        Context context = new Context(0, 0, 0, 022, 0, "/opt/wherry/bin/wherry");
        return Training.run(cache, context, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hot", "full"})
    void everyLineOfACacheWorks(String cache) {
        int code = train(cache);

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
    }

    @Test
    void nothingStays() throws IOException {
        long before = leftovers();
        train("hot");

        assertThat(leftovers()).isEqualTo(before);
    }

    private static long leftovers() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("wherry-train"))
                    .count();
        }
    }
}
