package io.wherry.cli.command;

import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Runs a command in a new container. */
final class RunCommand extends Command<RunWords> {
    @Override
    public int misuse() {
        return 125;
    }

    @Override
    public Row row() {
        return new Row(
                "run",
                List.of("container run"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("IMAGE [COMMAND] [ARG...]", 0, Operands.MANY, true, Operands.Complete.IMAGES),
                "Run a command in a new container",
                List.of(
                        "wherry run hello",
                        "wherry run --rm -it debian:12 bash",
                        "wherry run --rm -it --rootfs /:O bash",
                        "wherry run --rm -m 64m --cpus 0.5 -v .:/src:ro -w /src gcc:14 make"));
    }

    @Override
    public OptionTable<RunWords> options() {
        return RunOptions.table();
    }

    @Override
    public RunWords words() {
        return new RunWords();
    }

    @Override
    public int run(Session session, RunWords words, List<String> operands) {
        throw new UnsupportedOperationException("no engine yet");
    }
}
