package io.wherry.cli.command;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.Engine;
import java.util.List;
import java.util.function.Consumer;

/** Changes limits and restart policy of containers. */
final class UpdateCommand extends Command<RunWords> {
    @Override
    public Row row() {
        return new Row(
                "update",
                List.of("container update"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Change the limits and the restart policy of containers",
                List.of("wherry update -m 256m --cpus 2 web", "wherry update --restart always web"));
    }

    @Override
    public OptionTable<RunWords> options() {
        return RunOptions.ofUpdate();
    }

    @Override
    public RunWords words() {
        return new RunWords();
    }

    @Override
    public int run(Session session, RunWords words, List<String> operands) {
        Consumer<ContainerSpec.Builder> change = Asked.change(words);
        Engine engine = session.engine();
        return Each.of(session, operands, name -> {
            engine.update(name, change);
            return name;
        });
    }
}
