package io.wherry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PullProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private PullProgress progress(int width, int height) {
        return new PullProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), width, height);
    }

    @Test
    void aPipeGetsOneLineForEachLayer() {
        PullProgress progress = progress(0, 0);
        progress.moved("sha256:aaaaaaaaaaaaaaaa", "Downloading", 1, 10);
        progress.moved("sha256:aaaaaaaaaaaaaaaa", "Downloading", 5, 10);
        progress.finished("sha256:bbbbbbbbbbbbbbbb", "Already there");
        progress.finished("sha256:aaaaaaaaaaaaaaaa", "Pulled");

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("bbbbbbbbbbbb: Already there\naaaaaaaaaaaa: Pulled\n");
    }

    @Test
    void aTerminalShowsOneLineForEachLayerAndEndsClean() {
        PullProgress progress = progress(80, 24);
        progress.moved("sha256:aaaaaaaaaaaaaaaa", "Downloading", 0, 2_000_000);
        progress.moved("sha256:bbbbbbbbbbbbbbbb", "Waiting", 0, 0);
        progress.moved("sha256:aaaaaaaaaaaaaaaa", "Unpacking", 1_000_000, 2_000_000);
        assertThat(screen(80, 24))
                .containsExactly(
                        "aaaaaaaaaaaa: Unpacking [===============>              ] 1MB/2MB", "bbbbbbbbbbbb: Waiting");

        progress.finished("sha256:bbbbbbbbbbbbbbbb", "Pulled");
        progress.finished("sha256:aaaaaaaaaaaaaaaa", "Pulled");
        assertThat(screen(80, 24)).containsExactly("bbbbbbbbbbbb: Pulled", "aaaaaaaaaaaa: Pulled");
    }

    @Test
    void moreLayersThanRowsAreCounted() {
        PullProgress progress = progress(80, 6);
        for (int i = 0; i < 20; i++) {
            progress.moved("sha256:" + Integer.toString(i + 100).repeat(5), "Waiting", 0, 0);
        }
        assertThat(screen(80, 6)).hasSize(4).last().isEqualTo("and 17 more layers");
    }

    @Test
    void aNarrowTerminalHasNoBar() {
        progress(40, 24).moved("sha256:aaaaaaaaaaaaaaaa", "Downloading", 1_000, 2_000);

        assertThat(screen(40, 24)).containsExactly("aaaaaaaaaaaa: Downloading 1kB/2kB");
    }

    /** What a terminal shows after these bytes: it knows line feed, return, up, erase line and erase below. */
    private List<String> screen(int width, int height) {
        List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
        int row = 0;
        int column = 0;
        String text = bytes.toString(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                row++;
                column = 0;
                if (row == rows.size()) {
                    rows.add(new StringBuilder());
                }
            } else if (c == '\r') {
                column = 0;
            } else if (c == '\u001b') {
                int end = i + 2;
                while (Character.isDigit(text.charAt(end))) {
                    end++;
                }
                char verb = text.charAt(end);
                if (verb == 'A') {
                    int up = Integer.parseInt(text.substring(i + 2, end));
                    assertThat(up).isLessThan(height);
                    row -= up;
                } else if (verb == 'K') {
                    rows.get(row).setLength(column);
                } else {
                    rows.get(row).setLength(column);
                    rows.subList(row + 1, rows.size()).clear();
                }
                i = end;
            } else {
                StringBuilder line = rows.get(row);
                if (column < line.length()) {
                    line.setCharAt(column, c);
                } else {
                    line.append(c);
                }
                column++;
                assertThat(column).isLessThan(width);
            }
        }
        return rows.stream()
                .map(StringBuilder::toString)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
