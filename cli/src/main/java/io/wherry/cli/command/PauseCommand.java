package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import java.util.List;

/** Freezes all processes of containers, or thaws them. */
final class PauseCommand extends Command<PauseCommand.Words> {
    private final boolean freezes;

    /** {@code pause}, or {@code unpause}. */
    PauseCommand(boolean freezes) {
        this.freezes = freezes;
    }

    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                freezes ? "pause" : "unpause",
                List.of(freezes ? "container pause" : "container unpause"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                freezes ? "Freeze all processes of containers" : "Thaw the processes of paused containers",
                List.of(freezes ? "wherry pause web" : "wherry unpause web"));
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
            engine.pause(name, freezes);
            return name;
        });
    }
}
