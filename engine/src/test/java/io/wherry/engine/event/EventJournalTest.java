package io.wherry.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EventJournalTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private EventJournal journal() {
        return new EventJournal(folder);
    }

    private static byte[] line(String id, String action, Map<String, String> more) {
        return EventTemplate.fill(
                EventTemplate.container(id, "debian:12", "web", Map.of("a", "b\n\"\u0001")), action, more);
    }

    private static EventQuery all(Map<String, List<String>> filters) {
        return new EventQuery(0, Long.MAX_VALUE, false, filters);
    }

    private List<Event> read(EventQuery query) throws IOException {
        List<Event> events = new ArrayList<>();
        new EventReader(folder, query, events::add).read();
        return events;
    }

    private List<String> actions(Map<String, List<String>> filters) throws IOException {
        return read(all(filters)).stream().map(Event::action).toList();
    }

    @Test
    void aLineIsDockersEvent() throws IOException {
        long before = System.currentTimeMillis();
        journal().append(line(ID, "die", Map.of("exitCode", "7")));
        Event event = read(all(Map.of())).getFirst();
        assertThat(event.type()).isEqualTo("container");
        assertThat(event.id()).isEqualTo(ID);
        assertThat(event.attributes())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("exitCode", "7", "a", "b\n\"\u0001", "image", "debian:12", "name", "web"));
        assertThat(event.nanos() / 1_000_000).isBetween(before, System.currentTimeMillis());
        assertThat(event.document().members().keySet())
                .containsExactly("status", "id", "from", "Type", "Action", "Actor", "scope", "time", "timeNano");
    }

    @Test
    void labelsThatAreTooLongAreLeftOut() {
        byte[] template = EventTemplate.container(ID, "x", "web", Map.of("a", "b".repeat(20_000)));
        assertThat(template.length).isLessThan(1000);
    }

    @Test
    void badLinesArePassedOverAndWhatFollowsATornOneIsRead() throws IOException {
        journal().append(line(ID, "start", Map.of()));
        byte[] torn = line(ID, "pause", Map.of());
        String bad = "\n\0\n{}\n{\"status\":\"x\"}\n{\"status\":\"x\",\"timeNano\":5}\n"
                + "{\"status\":\"x\",\"Type\":5,\"timeNano\":5}\n" + "[".repeat(5000) + "\n";
        Files.writeString(folder.resolve("journal"), bad, StandardOpenOption.APPEND);
        Files.write(folder.resolve("journal"), java.util.Arrays.copyOf(torn, 100), StandardOpenOption.APPEND);
        journal().append(line(ID, "die", Map.of()));
        assertThat(actions(Map.of())).containsExactly("start", "die");
    }

    @Test
    void whatIsToldOnceMoreAfterACrashIsDropped() throws IOException {
        String other = "f".repeat(64);
        for (String action : List.of("create", "create", "start", "die", "start", "die", "destroy", "destroy")) {
            journal().append(line(ID, action, Map.of()));
        }
        journal().append(line(other, "create", Map.of()));
        assertThat(actions(Map.of())).containsExactly("create", "start", "die", "start", "die", "destroy", "create");
    }

    @ParameterizedTest
    @CsvSource({
        "container=web, 4",
        "container=0123, 4",
        "container=we, 0",
        "container=, 0",
        "event=die, 1",
        "event=health_status, 1",
        "event=die event=start, 2",
        "event=die container=other, 0",
        "image=debian, 4",
        "image=debian:12, 4",
        "image=deb, 0",
        "image=alpine:3, 1",
        "type=image, 1",
        "label=a, 4",
        "label=a=c, 0",
        "label=a label=z, 0",
    })
    void filtersSelectAsDockersDo(String filters, int expected) throws IOException {
        for (String action : List.of("create", "start", "health_status: healthy", "die")) {
            journal().append(line(ID, action, Map.of()));
        }
        journal().append(EventTemplate.fill(EventTemplate.image("alpine:3", "alpine"), "pull", Map.of()));
        Map<String, List<String>> parsed = new java.util.HashMap<>();
        for (String filter : filters.split(" ")) {
            int equals = filter.indexOf('=');
            parsed.computeIfAbsent(filter.substring(0, equals), k -> new ArrayList<>())
                    .add(filter.substring(equals + 1));
        }
        assertThat(read(all(parsed))).hasSize(expected);
    }

    @Test
    void timesBoundWhatIsRead() throws IOException {
        journal().append(line(ID, "start", Map.of()));
        long first = read(all(Map.of())).getFirst().nanos();
        journal().append(line(ID, "die", Map.of()));
        assertThat(read(new EventQuery(first + 1, Long.MAX_VALUE, false, Map.of())))
                .extracting(Event::action)
                .containsExactly("die");
        assertThat(read(new EventQuery(0, first, false, Map.of())))
                .extracting(Event::action)
                .containsExactly("start");
    }

    /** Four writers, and one who follows through all rotations: each event once, in each writer's order. */
    @Test
    void followingSeesWhatManyWrite() throws Exception {
        int writers = 4;
        int each = 3000;
        List<Thread> threads = new ArrayList<>();
        List<Event> seen = new ArrayList<>();
        EventQuery query = new EventQuery(0, Long.MAX_VALUE, true, Map.of());
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                new EventReader(folder, query, event -> {
                            seen.add(event);
                            return seen.size() < writers * each;
                        })
                        .read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        for (int writer = 0; writer < writers; writer++) {
            String id = Integer.toString(writer).repeat(64);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    new EventJournal(folder).append(line(id, "tick", Map.of("n", Integer.toString(i))));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        reader.join();
        int[] next = new int[writers];
        for (Event event : seen) {
            int writer = event.id().charAt(0) - '0';
            assertThat(event.attributes()).containsEntry("n", Integer.toString(next[writer]++));
        }
        assertThat(next).containsOnly(each);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                assertThat(Files.size(file)).as("%s", file).isLessThanOrEqualTo((1 << 20) + 100_000);
            }
        }
        assertThat(folder.resolve("journal.2")).exists();
        assertThat(folder.resolve("journal.4")).doesNotExist();
    }

    /** A writer stands still between opening and writing while the file is rotated twice: its line is read before what it writes afterwards. */
    @Test
    void followingSeesALineThatComesTwoRotationsLate() throws Exception {
        journal().append(line(ID, "first", Map.of()));
        try (OutputStream late = Files.newOutputStream(folder.resolve("journal"), StandardOpenOption.APPEND)) {
            List<String> seen = new ArrayList<>();
            new EventReader(folder, new EventQuery(0, Long.MAX_VALUE, true, Map.of()), event -> {
                        seen.add(event.action());
                        switch (event.action()) {
                            case "first", "second" -> rotateBy(event.action().equals("first") ? "second" : "third");
                            case "third" -> {
                                write(late, line(ID, "late", Map.of()));
                                journal().append(line(ID, "last", Map.of()));
                            }
                            default -> {}
                        }
                        return !event.action().equals("last");
                    })
                    .read();
            assertThat(seen).containsExactly("first", "second", "third", "late", "last");
        }
    }

    private void rotateBy(String action) {
        try {
            Files.move(folder.resolve("journal.1"), folder.resolve("journal.2"));
        } catch (NoSuchFileException e) {
            // the first time
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Files.move(folder.resolve("journal"), folder.resolve("journal.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        journal().append(line(ID, action, Map.of()));
    }

    private static void write(OutputStream out, byte[] line) {
        try {
            out.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nothingFailsWhereTheJournalCannotBeWritten() throws IOException {
        Files.createDirectory(folder.resolve("journal"));
        journal().append("x\n".getBytes(StandardCharsets.UTF_8));
        assertThat(read(all(Map.of()))).isEmpty();
    }
}
