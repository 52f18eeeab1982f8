package io.wherry.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LogReaderTest {
    private static final long BASE = 1_767_323_045_000_000_000L; // 2026-01-02T03:04:05Z
    private static final long SECOND = 1_000_000_000L;
    private static final int FUZZES = 3000;

    @TempDir
    Path folder;

    /** What was printed: the error output in angle brackets. */
    private static final class Printed implements LogOutput {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean error;

        @Override
        public boolean write(boolean isError, byte[] piece, int length) {
            if (isError != error) {
                bytes.write(isError ? '<' : '>');
                error = isError;
            }
            bytes.write(piece, 0, length);
            return true;
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8) + (error ? ">" : "");
        }
    }

    private String read(LogQuery query) throws IOException {
        return read(query, false);
    }

    private String read(LogQuery query, boolean local) throws IOException {
        Printed printed = new Printed();
        new LogReader(folder, local, query, "a=b", printed).read(() -> true);
        return printed.text();
    }

    private static LogQuery tail(long lines) {
        return new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, lines, false, false, false);
    }

    private static LogQuery between(long since, long until) {
        return new LogQuery(since, until, LogQuery.ALL, false, false, false);
    }

    private void write(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("", lines));
    }

    /** A line of json-file. The text is as JSON has it. */
    private static String json(String text, String stream, long time) {
        byte[] stamp = new byte[LogTime.WIDTH];
        LogTime.put(stamp, 0, time);
        return "{\"log\":\"" + text + "\",\"stream\":\"" + stream + "\",\"time\":\""
                + new String(stamp, StandardCharsets.US_ASCII) + "\"}\n";
    }

    private static String out(String text) {
        return json(text, "stdout", BASE);
    }

    private static byte[] local(int flags, long time, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(16 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xF7)
                .put((byte) flags)
                .putShort((short) bytes.length)
                .putLong(time)
                .put(bytes)
                .putShort((short) bytes.length)
                .put((byte) flags)
                .put((byte) 0xF8)
                .array();
    }

    @Test
    void filesAreReadOldestFirstAndStreamsApart() throws IOException {
        write("log.2", out("one\\n"));
        write("log.1", json("two\\n", "stderr", BASE));
        write("log", out("three\\n"));
        assertThat(read(LogQuery.EVERYTHING)).isEqualTo("one\n<two\n>three\n");
    }

    @Test
    void escapesBecomeWhatTheyStandFor() throws IOException {
        write(
                "log",
                out("\\\"q\\\" \\\\n \\/ \\t\\u0007\\u00e4\\u20ac\\ufffd \\ud83d\\ude00 \\ud83d. \\u003c ä\\r\\n"),
                out("\\uzz\\n"));
        assertThat(read(LogQuery.EVERYTHING))
                .isEqualTo("\"q\" \\n / \t\u0007ä€\uFFFD 😀 \uFFFD. < ä\r\n\uFFFDn\n".replace("\uFFFDn\n", "\uFFFD"));
    }

    @Test
    void whatDockerWritesIsRead() throws IOException {
        write(
                "log",
                "{\"log\":\"a\\n\",\"stream\":\"stderr\",\"attrs\":{\"x\":\"}\\\"\"},\"time\":\"2026-01-02T03:04:05.5Z\"}\n",
                "{\"log\":\"b\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T04:04:05.000000006+01:00\"}\n");
        LogQuery query = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, LogQuery.ALL, true, true, false);
        assertThat(read(query))
                .isEqualTo("<2026-01-02T03:04:05.500000000Z a=b a\n>2026-01-02T03:04:05.000000006Z a=b b\n");
    }

    @Test
    void tornAndForeignLinesArePassedOver() throws IOException {
        write(
                "log",
                "\n\0\0\0\n{\"log\":\"to",
                "\n{\"log\":\"torn\\\n",
                out("good\\n"),
                "{\"stream\":\"stdout\",\"log\":\"x\",\"time\":\"\"}\n{\"log\":\"x\"}\n",
                "{\"log\":\"" + "x".repeat(2 * LogFile.BLOCK) + "\",\"stream\":\"stdout\",\"time\":\"\"}\n",
                out("also\\n"),
                "{\"log\":\"half\\n\",\"stream\":\"std");
        assertThat(read(LogQuery.EVERYTHING)).isEqualTo("good\nalso\n");
        assertThat(read(tail(1))).isEqualTo("also\n");
        assertThat(read(tail(2))).isEqualTo("good\nalso\n");
    }

    @Test
    void linesInPartsAreOneLine() throws IOException {
        write("log.1", out("a\\n"), out("b1"), json("e\\n", "stderr", BASE));
        write("log", out("b2"), out("b3\\n"), out("c"));
        assertThat(read(tail(1))).isEqualTo("c");
        assertThat(read(tail(2))).isEqualTo("b2b3\nc");
        assertThat(read(tail(3))).isEqualTo("b1<e\n>b2b3\nc");
        assertThat(read(tail(4))).isEqualTo("a\nb1<e\n>b2b3\nc");
        assertThat(read(tail(0))).isEmpty();
        LogQuery stamped = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, 2, true, false, false);
        assertThat(read(stamped)).isEqualTo("2026-01-02T03:04:05.000000000Z b2b3\n2026-01-02T03:04:05.000000000Z c");
    }

    @Test
    void boundsOfTimeIncludeTheirEnds() throws IOException {
        write(
                "log",
                json("a\\n", "stdout", BASE),
                json("b\\n", "stdout", BASE + 1),
                json("c\\n", "stdout", BASE + 2 * SECOND));
        assertThat(read(between(BASE + 1, Long.MAX_VALUE))).isEqualTo("b\nc\n");
        assertThat(read(between(Long.MIN_VALUE, BASE + 1))).isEqualTo("a\nb\n");
        assertThat(read(between(BASE + 1, BASE + 1))).isEqualTo("b\n");
        assertThat(read(between(BASE + 3 * SECOND, Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void localIsReadFromBothEndsAndAroundDamage() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(local(0, BASE, "one\n"));
        bytes.write("garbage".getBytes(StandardCharsets.UTF_8));
        bytes.write(local(3, BASE + 1, "tw"));
        bytes.write(local(1, BASE + 1, "o\n"));
        bytes.write(local(0, BASE + 2, "three \0\u001b\n"));
        bytes.write(local(0, BASE + 3, "torn"), 0, 15);
        Files.write(folder.resolve("log"), bytes.toByteArray());
        assertThat(read(LogQuery.EVERYTHING, true)).isEqualTo("one\n<two\n>three \0\u001b\n");
        assertThat(read(tail(1), true)).isEqualTo("three \0\u001b\n");
        assertThat(read(tail(2), true)).isEqualTo("<two\n>three \0\u001b\n");
        assertThat(read(tail(3), true)).isEqualTo("one\n<two\n>three \0\u001b\n");
        assertThat(read(between(BASE + 1, BASE + 1), true)).isEqualTo("<two\n>");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyTailEndsAsTheWholeDoes(boolean local) throws IOException {
        Random random = new Random(7);
        StringBuilder whole = new StringBuilder();
        int lines = 400;
        for (int number = 2; number >= 0; number--) {
            try (OutputStream file = Files.newOutputStream(folder.resolve(number == 0 ? "log" : "log." + number))) {
                for (int i = 0; i < lines; i++) {
                    String text = number + "." + i + "x".repeat(random.nextInt(3000));
                    whole.append(text).append('\n');
                    file.write(
                            local
                                    ? local(0, BASE, text + "\n")
                                    : out(text + "\\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        String[] all = whole.toString().split("\n", 0);
        for (int n : new int[] {1, 2, 77, lines, lines + 1, 2 * lines + 5, 3 * lines, 5 * lines}) {
            String expected =
                    String.join("\n", java.util.Arrays.asList(all).subList(Math.max(0, all.length - n), all.length));
            assertThat(read(tail(n), local)).as("tail %d", n).isEqualTo(expected + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyBytesAreReadToTheirEnd(boolean local) throws IOException {
        Random random = new Random(local ? 1 : 2);
        byte[] seed = local ? local(1, BASE, "text\n") : out("t\\\"\\u00e4\\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < FUZZES; i++) {
            byte[] bytes = new byte[seed.length * 3];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextInt(12) == 0 ? (byte) random.nextInt(256) : seed[j % seed.length];
            }
            Files.write(folder.resolve("log"), bytes);
            read(new LogQuery(BASE - 1, BASE + SECOND, i % 5 - 1, true, false, false), local);
        }
    }

    /** Two rotations between two looks, or one in the middle of any step: each line once, in order. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void followingLosesAndDoublesNothingWhileFilesAreRotated(int files) throws Exception {
        int lines = 3000;
        AtomicBoolean over = new AtomicBoolean();
        Printed printed = new Printed();
        LogQuery query = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, LogQuery.ALL, false, false, true);
        write("log");
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < lines; i++) {
                    if (i % 10 == 9) {
                        awaitPrinted(printed, i - 10 * (files - 1)); // what is rotated away now
                        rotate(files);
                    }
                    Files.writeString(
                            folder.resolve("log"),
                            out(i + "\\n"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                over.set(true);
            }
        });
        new LogReader(folder, false, query, "", printed).read(over::get);
        writer.join();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            expected.append(i).append('\n');
        }
        // Where the file that one was at the end of is gone, nobody can tell whether the next one is its successor.
        String text = printed.text().replaceAll("<[^>]*>", "");
        assertThat(text.lines()).hasSize(lines);
        assertThat(text.equals(expected.toString())).as("in order").isTrue();
    }

    private void rotate(int files) throws IOException {
        for (int i = files - 1; i > 0; i--) {
            Path from = folder.resolve(i == 1 ? "log" : "log." + (i - 1));
            if (Files.exists(from)) {
                Files.move(from, folder.resolve("log." + i), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        write(".log");
        Files.move(folder.resolve(".log"), folder.resolve("log"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Rotations without a pause: whichever file is found behind another was made right behind it. */
    @Test
    void theNextFileIsTheNextHoweverFastTheyAreRotated() throws Exception {
        int rotations = 2_000;
        Path made = folder.resolve("made");
        write("log", "0\n");
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 1; i <= rotations; i++) {
                    for (int k = 4; k > 0; k--) {
                        Path from = folder.resolve(k == 1 ? "log" : "log." + (k - 1));
                        if (i >= k) {
                            Files.move(from, folder.resolve("log." + k), StandardCopyOption.ATOMIC_MOVE);
                        }
                    }
                    Files.writeString(made, i + "\n");
                    Files.move(made, folder.resolve("log"), StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        LogChain chain = new LogChain(folder, "log", new LineFormat());
        LogFile file = chain.oldest();
        int number = file == null ? rotations : number(file);
        int followed = 0;
        while (file != null && number < rotations) {
            LogFile newer = chain.newer(file);
            if (newer == null || newer == file) {
                continue;
            }
            int next = number(newer);
            boolean gap = chain.gap();
            assertThat(gap ? next > number : next == number + 1)
                    .as("%d behind %d, gap %s", next, number, gap)
                    .isTrue();
            followed += gap ? 0 : 1;
            file.close();
            file = newer;
            number = next;
        }
        writer.join();
        assertThat(followed).isGreaterThan(10);
        if (file != null) {
            file.close();
        }
    }

    private static int number(LogFile file) throws IOException {
        LogRecord record = new LogRecord();
        assertThat(file.next(record)).isTrue();
        return Integer.parseInt(
                new String(file.block, record.from, record.to - record.from, StandardCharsets.US_ASCII));
    }

    private static void awaitPrinted(Printed printed, int line) {
        String wanted = line - 1 + "\n";
        while (line > 0 && !printed.text().contains(wanted)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void followingWaitsForTheEndOfATornLine() throws Exception {
        String line = out("whole\\n");
        write("log", line.substring(0, 20));
        AtomicBoolean over = new AtomicBoolean();
        Printed printed = new Printed();
        LogQuery query = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, 5, false, false, true);
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                new LogReader(folder, false, query, "", printed).read(over::get);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        Files.writeString(folder.resolve("log"), line.substring(20), StandardOpenOption.APPEND);
        while (printed.text().isEmpty()) {
            Thread.onSpinWait();
        }
        over.set(true);
        reader.join();
        assertThat(printed.text()).isEqualTo("whole\n");
    }

    @Test
    void filesThatWereRotatedAwayUnreadAreTold() throws Exception {
        write("log", out("one\\n"));
        AtomicBoolean over = new AtomicBoolean();
        Printed printed = new Printed();
        LogQuery query = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, LogQuery.ALL, false, false, true);
        int[] looks = new int[1];
        new LogReader(folder, false, query, "", printed).read(() -> {
            if (looks[0]++ == 1) { // its first look is done
                try {
                    for (int i = 0; i < 3; i++) {
                        rotate(2);
                        write("log", out("later " + i + "\\n"));
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                over.set(true);
            }
            return over.get();
        });
        assertThat(printed.text())
                .isEqualTo("one\n<wherry: lines may be missing here: the log was rotated faster than it was read\n"
                        + ">later 1\nlater 2\n");
    }

    /** The container goes on, faster than it is read. */
    @Test
    void readingEndsWhereTheLogDidWhenItBegan() throws IOException {
        write("log.1", out("one\\n"));
        write("log", json("two\\n", "stderr", BASE), out("three\\n"));
        Printed printed = new Printed();
        new LogReader(folder, false, LogQuery.EVERYTHING, "", (error, bytes, length) -> {
                    try {
                        Files.writeString(folder.resolve("log"), out("more\\n"), StandardOpenOption.APPEND);
                        rotate(3);
                        write("log", out("more\\n"));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                    return printed.write(error, bytes, length);
                })
                .read(() -> false);
        assertThat(printed.text()).isEqualTo("one\n<two\n>three\n");
    }

    @Test
    void nothingIsReadWhereNoLogIs() throws IOException {
        assertThat(read(LogQuery.EVERYTHING)).isEmpty();
        assertThat(read(tail(3))).isEmpty();
    }

    @Test
    void whoWantsNoMoreIsLeftAlone() throws IOException {
        write("log", out("a\\n"), json("b\\n", "stderr", BASE), out("c\\n"));
        int[] calls = new int[1];
        new LogReader(folder, false, LogQuery.EVERYTHING, "", (error, bytes, length) -> {
                    calls[0]++;
                    return false;
                })
                .read(() -> true);
        assertThat(calls[0]).isEqualTo(1);
    }
}
