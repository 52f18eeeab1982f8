package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Container;
import io.wherry.engine.ContainerStats;
import io.wherry.engine.Engine;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows what containers use. */
final class StatsCommand extends Command<StatsCommand.Words> {
    private static final long PERIOD_MILLIS = 1000;
    private static final long FIRST_MILLIS = 500;
    private static final String CLEAR_SCREEN = "\033[2J\033[H";

    /** What its options fill. */
    static final class Words extends Listing.Words {
        boolean all;
        boolean once;
    }

    @Override
    public Row row() {
        return new Row(
                "stats",
                List.of("container stats"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("[CONTAINER...]", 0, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Show what containers use, once a second",
                List.of("wherry stats", "wherry stats --no-stream --format '{{.Name}} {{.MemUsage}}'"));
    }

    @Override
    public OptionTable<Words> options() {
        return Listing.options(
                new OptionTable<Words>()
                        .flag("all", 'a', "Also those that do not run", (w, v) -> w.all = v)
                        .flag("no-stream", NONE, "Print once and end", (w, v) -> w.once = v),
                "ids");
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Control groups count what they limit. What they do not count is added up from /proc, and the titles say so.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        for (String name : operands) {
            engine.container(name); // who is not there is told before anything is shown
        }
        Map<String, ContainerStats> before = new HashMap<>();
        rows(engine, words, operands, before);
        long wait = FIRST_MILLIS;
        do {
            sleep(wait);
            List<JsonObject> rows = rows(engine, words, operands, before);
            show(session, words, rows);
            wait = PERIOD_MILLIS;
        } while (!words.once && !session.out().checkError());
        return 0;
    }

    /** Looks once. What was seen takes the place of what was seen before. */
    private static List<JsonObject> rows(
            Engine engine, Words words, List<String> names, Map<String, ContainerStats> before) {
        Map<String, ContainerStats> seen = new HashMap<>();
        List<JsonObject> rows = new ArrayList<>();
        for (Map.Entry<String, Container> chosen : chosen(engine, words, names)) {
            Container container = chosen.getValue();
            Optional<ContainerStats> now = container.pid().isPresent() ? stats(engine, container) : Optional.empty();
            now.ifPresent(stats -> seen.put(container.id(), stats));
            rows.add(StatsRow.of(
                    container, chosen.getKey(), words.wide, Optional.ofNullable(before.get(container.id())), now));
        }
        before.clear();
        before.putAll(seen);
        return rows;
    }

    private static Optional<ContainerStats> stats(Engine engine, Container container) {
        try {
            return engine.stats(container.id());
        } catch (WherryException e) {
            return Optional.empty(); // removed meanwhile
        }
    }

    private static List<Map.Entry<String, Container>> chosen(Engine engine, Words words, List<String> names) {
        List<Map.Entry<String, Container>> chosen = new ArrayList<>();
        if (names.isEmpty()) {
            for (Container container : engine.containers()) {
                if (words.all || container.pid().isPresent()) {
                    chosen.add(Map.entry(container.id().substring(0, 12), container));
                }
            }
            return chosen;
        }
        for (String name : names) {
            try {
                chosen.add(Map.entry(name, engine.container(name)));
            } catch (WherryException e) {
                // removed since the beginning
            }
        }
        return chosen;
    }

    /** As one piece, so that a terminal never shows half of it. */
    private static void show(Session session, Words words, List<JsonObject> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream page = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        StatsRow.listing(any(rows, "CPUSource"), any(rows, "MemSource")).print(page, rows, words);
        page.flush();
        boolean clears = !words.once && session.context().isTerminal(1);
        session.out().print((clears ? CLEAR_SCREEN : "") + bytes.toString(StandardCharsets.UTF_8));
        session.out().flush();
    }

    private static boolean any(List<JsonObject> rows, String source) {
        for (JsonObject row : rows) {
            if (row.fields().string(source).orElse("").equals(StatsRow.PROC)) {
                return true;
            }
        }
        return false;
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The wait for the next look was interrupted.");
        }
    }
}
