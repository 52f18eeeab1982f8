package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Stops containers that run, and starts them. */
final class RestartCommand extends Command<StopWords> {
    @Override
    public Row row() {
        return new Row(
                "restart",
                List.of("container restart"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Stop containers if they run, and start them",
                List.of("wherry restart web", "wherry restart -t 2 web"));
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
            engine.restart(name, words.signal, words.seconds);
            return name;
        });
    }
}
