package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Shows the program of a container. */
final class ExplainCommand extends Command<ExplainCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean verbose;
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "explain",
                List.of("container explain"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("run WORDS... | CONTAINER", 1, Operands.MANY, true, Operands.Complete.CONTAINERS),
                "Show the program for the kernel that a container is, without running it",
                List.of("wherry explain run --rm -m 64m debian:12 true", "wherry explain -v web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("verbose", 'v', "Also the instructions below each step", (w, v) -> w.verbose = v)
                .flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        throw new UnsupportedOperationException("no engine yet");
    }
}
