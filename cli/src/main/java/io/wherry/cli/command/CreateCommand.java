package io.wherry.cli.command;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.CidFile;
import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ContainerId;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.Engine;
import java.util.List;

/** Creates a container that somebody starts later. */
final class CreateCommand extends Command<RunWords> {
    @Override
    public Row row() {
        return new Row(
                "create",
                List.of("container create"),
                Row.Section.CONTAINERS,
                Row.Cache.RUN,
                new Operands("IMAGE [COMMAND] [ARG...]", 0, Operands.MANY, true, Operands.Complete.IMAGES),
                "Create a container, and leave it to be started",
                List.of("wherry create --name web nginx:1.27", "wherry create -it --name box debian:12 bash"));
    }

    @Override
    public OptionTable<RunWords> options() {
        return RunOptions.ofCreate();
    }

    @Override
    public RunWords words() {
        return new RunWords();
    }

    @Override
    public int run(Session session, RunWords words, List<String> operands) {
        ContainerSpec spec = Asked.from(words, operands, session.environment(), session.context());
        if (words.folder != null) {
            throw new UsageException(
                    "create",
                    List.of("A folder with a config.json is not kept as a container; `wherry run " + operands.getFirst()
                            + "` runs it."),
                    1);
        }
        Engine engine = session.engine();
        words.check(engine.facts());
        if (words.cidFile == null) {
            session.out().print(created(session, engine, spec, words) + "\n");
            return 0;
        }
        try (CidFile file = CidFile.reserve(words.cidFile)) {
            String id = created(session, engine, spec, words);
            file.created(new ContainerId(id));
            session.out().print(id + "\n");
        }
        return 0;
    }

    private static String created(Session session, Engine engine, ContainerSpec spec, RunWords words) {
        RunCommand.pullIfAsked(session, engine, spec, words);
        return engine.create(spec);
    }
}
