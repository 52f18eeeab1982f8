package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Gives a container another name. */
final class RenameCommand extends Command<RenameCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "rename",
                List.of("container rename"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER NAME", 2, 2, false, Operands.Complete.CONTAINERS),
                "Give a container another name",
                List.of("wherry rename quick_dory web"));
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
        session.engine().rename(operands.get(0), operands.get(1));
        return 0;
    }
}
