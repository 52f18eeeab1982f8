package io.wherry.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads of kernel files, where a process that has gone or a file that may not be read is simply not there. */
final class Proc {
    private Proc() {}

    /** Kernel files hold names of any bytes; each byte becomes one character. */
    static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException | SecurityException gone) {
            return Optional.empty();
        }
    }

    static List<String> lines(Path file) {
        return text(file).map(text -> text.lines().toList()).orElse(List.of());
    }

    static Optional<String> link(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (IOException | SecurityException gone) {
            return Optional.empty();
        }
    }

    static List<Path> list(Path folder) {
        List<Path> result = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                result.add(entry);
            }
        } catch (IOException | DirectoryIteratorException gone) {
            return result;
        }
        return result;
    }
}
