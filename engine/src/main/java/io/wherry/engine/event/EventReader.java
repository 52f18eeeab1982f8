package io.wherry.engine.event;

import io.wherry.engine.log.RotatedLines;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the journal. A line that cannot be understood is passed over. Who creates or removes a container says so before or behind doing it, and whoever finishes it after a crash says it again: the second time is dropped. For one
 * thread.
 */
public final class EventReader {
    private static final long MILLI = 1_000_000L;
    private static final byte[] BEGINNING = "{\"status\":\"".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TIME = "\"timeNano\":".getBytes(StandardCharsets.UTF_8);
    private static final int LONGEST_TIME = 24;
    private static final int REMEMBERED = 50_000;

    private final Path folder;
    private final EventQuery query;
    private final EventOutput output;
    private final LinkedHashSet<String> once = new LinkedHashSet<>();

    /**
     * A reader.
     *
     * @param folder of the journal; it exists
     */
    public EventReader(Path folder, EventQuery query, EventOutput output) {
        this.folder = folder;
        this.query = query;
        this.output = output;
    }

    /** Reads until the query's end, or until no more is wanted. */
    public void read() throws IOException {
        long end = query.until() == Long.MAX_VALUE ? Long.MAX_VALUE : query.until() / MILLI + 1;
        new RotatedLines(folder, EventJournal.NAME).read(query.follow(), end, this::line);
    }

    private boolean line(byte[] block, int from, int to) {
        long time = time(block, to);
        int begin = beginning(block, from, to);
        if (begin < 0 || isRepeated(block, begin, to) || time < query.since() || time > query.until()) {
            return true;
        }
        Optional<Event> event = parse(Arrays.copyOfRange(block, begin, to), time);
        return event.isEmpty() || !query.accepts(event.get()) || output.event(event.get());
    }

    /** {@return where the line's object begins: behind what a full disk has left of another; -1: there is none} */
    private static int beginning(byte[] block, int from, int to) {
        for (int i = to - BEGINNING.length; i >= from; i--) {
            if (Arrays.equals(block, i, i + BEGINNING.length, BEGINNING, 0, BEGINNING.length)) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the time, which comes last; negative if it is none} */
    private static long time(byte[] block, int to) {
        int digits = to - 1;
        while (digits > 0 && to - digits < LONGEST_TIME && block[digits - 1] >= '0' && block[digits - 1] <= '9') {
            digits--;
        }
        int key = digits - TIME.length;
        if (key < 0 || !Arrays.equals(block, key, digits, TIME, 0, TIME.length)) {
            return -1;
        }
        long time = 0;
        for (int i = digits; i < to - 1; i++) {
            time = time * 10 + (block[i] - '0');
        }
        return time;
    }

    private boolean isRepeated(byte[] block, int begin, int to) {
        int action = begin + BEGINNING.length;
        if (action >= to || (block[action] != 'c' && block[action] != 'd')) {
            return false;
        }
        int comma = action;
        for (int commas = 0; comma < to && commas < 2; comma++) {
            commas += block[comma] == ',' ? 1 : 0;
        }
        String word = new String(block, action, comma - action, StandardCharsets.UTF_8);
        if (!word.startsWith("create\"") && !word.startsWith("destroy\"")) {
            return false;
        }
        if (once.size() > REMEMBERED) {
            once.removeFirst();
        }
        return !once.add(word);
    }

    private static Optional<Event> parse(byte[] line, long time) {
        try {
            JsonObject document = JsonObject.parse(line);
            Fields fields = document.fields();
            Fields actor = fields.object("Actor").orElse(JsonObject.empty().fields());
            Map<String, String> attributes = new LinkedHashMap<>(actor.stringMap("Attributes"));
            return Optional.of(new Event(
                    fields.requiredString("Type"),
                    fields.requiredString("Action"),
                    actor.requiredString("ID"),
                    attributes,
                    time,
                    document));
        } catch (WherryException e) {
            return Optional.empty();
        }
    }
}
