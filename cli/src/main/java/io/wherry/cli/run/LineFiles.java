package io.wherry.cli.run;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files that options name: of at most 1 MiB, most of them with one thing a line. What is wrong with their content is added to the problems of the words. */
final class LineFiles {
    private static final long MOST_BYTES = 1 << 20;

    private final List<String> problems;

    LineFiles(List<String> problems) {
        this.problems = problems;
    }

    /** Lines of a file that are not empty and no comment, without blanks before them. */
    List<String> lines(String file, String option) {
        List<String> lines = new ArrayList<>();
        String text = text(file, option);
        int number = 0;
        for (int from = 0; from < text.length(); ) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(from, end).stripLeading();
            from = end + 1;
            number++;
            if (line.endsWith("\r")) {
                line = line.substring(0, line.length() - 1);
            }
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? line.stripTrailing() : line.substring(0, equals);
            if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0 || line.indexOf('\0') >= 0) {
                problems.add("Line " + number + " of `" + file + "` (" + option + ") is not `NAME=VALUE`.");
            } else {
                lines.add(equals < 0 ? name : line);
            }
        }
        return lines;
    }

    String text(String file, String option) {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > MOST_BYTES) {
                problems.add("The file `" + file + "` (" + option + ") is larger than 1 MiB.");
                return "";
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND, "Cannot read the file `" + file + "` of " + option + ".", e);
        }
    }
}
