package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Moments;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.event.EventQuery;
import io.wherry.oci.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what happens to containers and images. */
final class EventsCommand extends Command<EventsCommand.Words> {
    /** What its options fill. */
    static final class Words {
        long since = Long.MIN_VALUE;
        long until = Long.MAX_VALUE;
        boolean json;

        @Nullable
        String format;

        final Map<String, List<String>> filters = new LinkedHashMap<>();
    }

    @Override
    public Row row() {
        return new Row(
                "events",
                List.of("system events"),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Print what happens to containers and images",
                List.of("wherry events --since 1h --until 0s --filter event=die", "wherry events --json"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text(
                        "since",
                        NONE,
                        "TIME",
                        "From then on (default now): a time, seconds since 1970, or how long ago (10m)",
                        (w, v) -> w.since = Moments.parse(v, System.currentTimeMillis()))
                .text(
                        "until",
                        NONE,
                        "TIME",
                        "Up to then (default: for ever)",
                        (w, v) -> w.until = Moments.parse(v, System.currentTimeMillis()))
                .pairs(
                        "filter",
                        'f',
                        "KEY=VALUE",
                        "Only those with this container, event, image, label or type",
                        (w, v) -> filter(w, v))
                .text("format", NONE, "TEMPLATE", "A Go template, or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    private static void filter(Words words, String text) throws BadValueException {
        int equals = text.indexOf('=');
        String key = equals < 0 ? text : text.substring(0, equals);
        if (equals < 0 || !EventQuery.KEYS.contains(key)) {
            String near = Nearest.of(key, EventQuery.KEYS);
            throw BadValueException.wanted(
                    "`" + String.join("=`, `", EventQuery.KEYS) + "=`"
                            + (near == null || equals < 0 ? "" : " (such as `" + near + "=`)"),
                    text);
        }
        words.filters.computeIfAbsent(key, k -> new ArrayList<>()).add(text.substring(equals + 1));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        EventPrinter printer = new EventPrinter(session.out(), words.json, words.format);
        long now = System.currentTimeMillis() * 1_000_000L;
        long since = words.since == Long.MIN_VALUE && words.until == Long.MAX_VALUE ? now : words.since;
        session.engine().events(new EventQuery(since, words.until, words.until > now, words.filters), printer::print);
        return 0;
    }
}
