package io.wherry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Small texts of the kernel: files of control groups and of {@code /proc}, and the numbers in them. */
final class KernelText {
    private KernelText() {}

    /** {@return a file's text; empty if it is not there, or not for this caller} */
    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** {@return the number that is all of a file; empty for other text, such as {@code max}} */
    static OptionalLong number(Path file) {
        Optional<String> text = read(file);
        return text.isEmpty() ? OptionalLong.empty() : number(text.get().strip());
    }

    /** {@return the number behind a key, which begins a line and is followed by a blank, a tab or a colon} */
    static OptionalLong number(String text, String key) {
        for (String line : text.split("\n")) {
            if (line.startsWith(key)
                    && line.length() > key.length()
                    && " \t:".indexOf(line.charAt(key.length())) >= 0) {
                String value = line.substring(key.length() + 1).strip();
                int end = 0;
                while (end < value.length() && Character.isDigit(value.charAt(end))) {
                    end++;
                }
                return number(value.substring(0, end));
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong number(String digits) {
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // `max`, or more than a long holds, which is no limit either
        }
    }
}
