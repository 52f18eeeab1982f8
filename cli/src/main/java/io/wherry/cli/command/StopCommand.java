package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Ends containers, politely first, and may start them again. */
final class StopCommand extends Command<StopWords> {
    private final boolean restarts;

    /** A command {@code stop}, or one that starts again too. */
    StopCommand(boolean restarts) {
        this.restarts = restarts;
    }

    @Override
    public Row row() {
        return new Row(
                restarts ? "restart" : "stop",
                List.of(restarts ? "container restart" : "container stop"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                restarts
                        ? "Stop containers if they run, and start them"
                        : "End containers: a signal, after a time SIGKILL",
                restarts
                        ? List.of("wherry restart web", "wherry restart -t 2 web")
                        : List.of("wherry stop web", "wherry stop -t 5 web db"));
    }

    @Override
    public OptionTable<StopWords> options() {
        return StopWords.table();
    }

    @Override
    public StopWords words() {
        return new StopWords();
    }

    @Override
    public int run(Session session, StopWords words, List<String> operands) {
        Engine engine = session.engine();
        return Each.of(session, operands, name -> {
            if (restarts) {
                engine.restart(name, words.signal, words.seconds);
            } else {
                engine.stop(name, words.signal, words.seconds);
            }
            return name;
        });
    }
}
