package io.wherry.cli.command;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.engine.Attachment;
import io.wherry.engine.CommandEngine;
import io.wherry.engine.CreationListener;
import java.util.List;

/** An image as a development environment: {@code run} with the runtime {@code chroot}, at a terminal, removed at its end. */
final class DevCommand extends Command<RunWords> implements Stays {
    @Override
    public int misuse() {
        return RunCommand.MISUSE;
    }

    @Override
    public Row row() {
        return new Row(
                "dev",
                List.of(),
                Row.Section.CONTAINERS,
                Row.Cache.RUN,
                RunCommand.OPERANDS,
                "Work in an image with the devices, the network, the users and the folders of this host",
                List.of("wherry dev gcc:14", "wherry dev zephyr:3.7 west flash", "wherry dev --rootfs /:O bash"));
    }

    @Override
    public OptionTable<RunWords> options() {
        return RunOptions.ofDevelopment();
    }

    @Override
    public RunWords words() {
        return RunWords.ofDevelopment();
    }

    @Override
    public int run(Session session, RunWords words, List<String> operands) {
        words.spec.terminal |= session.context().isTerminal(0);
        CommandEngine engine = session.engine();
        var spec = Asked.from(words, operands, session.environment(), session.context());
        RunCommand.pullIfAsked(session, engine, spec, words);
        engine.run(spec, words.attachment(), CreationListener.NONE);
        return 0;
    }

    @Override
    public Attachment attachment(List<String> line) {
        RunWords words = words();
        new Parser<>("dev", options(), RunCommand.OPERANDS, RunCommand.MISUSE).parse(line, words);
        return words.attachment();
    }
}
