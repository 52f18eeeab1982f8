package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.RawOutput;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Moments;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.Values;
import io.wherry.engine.log.LogQuery;
import java.util.List;

/** Prints what a container said. */
final class LogsCommand extends Command<LogsCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean follow;
        boolean timestamps;
        boolean details;
        boolean raw;
        long since = Long.MIN_VALUE;
        long until = Long.MAX_VALUE;
        long tail = LogQuery.ALL;
    }

    @Override
    public Row row() {
        return new Row(
                "logs",
                List.of("container logs"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS),
                "Print what a container said",
                List.of("wherry logs -f --tail 100 web", "wherry logs --since 5m -t web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("follow", 'f', "Go on until the container ends", (w, v) -> w.follow = v)
                .text(
                        "since",
                        NONE,
                        "TIME",
                        "Nothing older: a time, seconds since 1970, or how long ago (10m)",
                        (w, v) -> w.since = Moments.parse(v, System.currentTimeMillis()))
                .text(
                        "until",
                        NONE,
                        "TIME",
                        "Nothing younger",
                        (w, v) -> w.until = Moments.parse(v, System.currentTimeMillis()))
                .text("tail", 'n', "N|all", "The last lines only (default all)", (w, v) -> w.tail = tail(v))
                .flag("timestamps", 't', "Begin each line with its time", (w, v) -> w.timestamps = v)
                .flag("details", NONE, "Begin each line with what the log's options name", (w, v) -> w.details = v)
                .flag("raw", NONE, "Send control characters to a terminal as they are", (w, v) -> w.raw = v);
    }

    private static long tail(String text) throws BadValueException {
        return text.equals("all") || text.equals("-1") ? LogQuery.ALL : Values.number(text, 0, Long.MAX_VALUE);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        LogQuery query =
                new LogQuery(words.since, words.until, words.tail, words.timestamps, words.details, words.follow);
        RawOutput out = new RawOutput(session.out(), session.context().isTerminal(1) && !words.raw);
        RawOutput err = new RawOutput(session.err(), session.context().isTerminal(2) && !words.raw);
        session.engine()
                .logs(operands.getFirst(), query, (error, bytes, length) -> (error ? err : out).write(bytes, length));
        return out.broken() ? RawOutput.BROKEN : 0;
    }
}
