package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that people review: kept in {@code src/test/golden}, written anew where WHERRY_GOLDEN=write. */
public final class Golden {
    private Golden() {}

    public static void check(String name, String actual) {
        Path file = Path.of("src/test/golden", name);
        try {
            if ("write".equals(System.getenv("WHERRY_GOLDEN"))) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual).as("differs from " + file).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
