package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that people review: kept in {@code engine/src/test/golden}, written anew where WHERRY_GOLDEN=write. */
final class Golden {
    private Golden() {}

    static void check(String name, String actual) {
        Path file = Path.of(System.getProperty("wherry.source", ".."), "engine/src/test/golden", name);
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
