package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Thaws the processes of paused containers. */
final class UnpauseCommand extends Command<UnpauseCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "unpause",
                List.of("container unpause"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Thaw the processes of paused containers",
                List.of("wherry unpause web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<>();
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        return Each.of(session, operands, name -> {
            engine.pause(name, false);
            return name;
        });
    }
}
