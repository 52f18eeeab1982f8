package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;
import java.util.Optional;

/** Creates a container with the files of another. */
final class CloneCommand extends Command<CloneCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "clone",
                List.of("container clone"),
                Row.Section.CONTAINERS,
                Row.Cache.RUN,
                new Operands("CONTAINER [NAME]", 1, 2, false, Operands.Complete.CONTAINERS),
                "Create a container with the options of another, and its files as they are now",
                List.of("wherry clone web web2", "wherry start -a $(wherry clone box)"));
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
        Optional<String> name = operands.size() == 1 ? Optional.empty() : Optional.of(operands.get(1));
        session.out().print(session.engine().copy(operands.get(0), name) + "\n");
        return 0;
    }
}
