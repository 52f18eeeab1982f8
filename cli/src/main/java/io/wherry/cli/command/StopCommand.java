package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Ends containers, politely first. */
final class StopCommand extends Command<StopWords> {
    @Override
    public Row row() {
        return new Row(
                "stop",
                List.of("container stop"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "End containers: a signal, after a time SIGKILL",
                List.of("wherry stop web", "wherry stop -t 5 web db"));
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
            engine.stop(name, words.signal, words.seconds);
            return name;
        });
    }
}
